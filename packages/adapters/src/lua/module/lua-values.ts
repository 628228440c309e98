/** What can be given to Lua: bytes become a string, lists become tables from 1 on, other objects tables with fields. */
export type LuaValue =
  | undefined
  | boolean
  | number
  | string
  | Uint8Array
  | readonly LuaValue[]
  | { readonly [field: string]: LuaValue };

/** An argument of a function of the Lua part: its simple value; `undefined` for what has none here. */
export type Argument = undefined | boolean | number | string;
