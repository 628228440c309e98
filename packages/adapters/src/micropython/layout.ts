/**
 * Where MicroPython keeps what is read of it, in bytes from the start of each struct. Nothing of it is public: a layout is used only
 * after the self-test found that what is read so is what the guest says itself.
 */
export type Layout = {
  /** `mp_code_state_t`: one call of a Python function. */
  readonly state: { readonly function: number; readonly instruction: number };
  /** `mp_obj_fun_bc_t` */
  readonly function: { readonly context: number; readonly bytecode: number };
  /** `mp_module_context_t`: the names that its functions speak of by number. */
  readonly context: { readonly names: number };
  /** `mp_obj_type_t` */
  readonly type: { readonly name: number };
  /** `mp_state_mem_area_t`: a part of the heap. */
  readonly area: {
    readonly next: number;
    readonly table: number;
    readonly tableLength: number;
    readonly finalizers: number;
    readonly start: number;
    readonly end: number;
  };
  /** `mp_map_t` in a dict or an instance. */
  readonly map: { readonly used: number; readonly room: number; readonly table: number };
  /** `mp_obj_list_t` */
  readonly list: { readonly room: number; readonly length: number; readonly items: number };
};

/** 1.24 to 1.27. */
const usual: Layout = {
  state: { function: 0, instruction: 4 },
  function: { context: 4, bytecode: 12 },
  context: { names: 8 },
  type: { name: 6 },
  area: { next: 0, table: 4, tableLength: 8, finalizers: 12, start: 16, end: 20 },
  map: { used: 4, room: 8, table: 12 },
  list: { room: 4, length: 8, items: 12 },
};

/** Since 1.28 an area has a table of weak references, too. */
const withWeakReferences: Layout = { ...usual, area: { ...usual.area, start: 20, end: 24 } };

/** In the order in which they are tried. */
export const layouts: readonly Layout[] = [usual, withWeakReferences];
