export { luaExtraSource } from './extra-source.ts';
export { framesOf, type LuaFunctions, luaFunctions } from './functions.ts';
export { luaSource } from './lua-source.ts';
export type { Argument, LuaValue } from './lua-values.ts';
