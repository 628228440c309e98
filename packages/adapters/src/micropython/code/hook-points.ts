import type { WasmModule } from '../../wasm/module.ts';

/** Functions of `micropython.wasm` by their indices: it names none but its exports. */
export type HookPoints = {
  /** `gc_alloc` */
  readonly alloc: number;
  /** `gc_free` */
  readonly free: number;
  /** `gc_realloc` */
  readonly realloc: number;
  /** `gc_collect_end` */
  readonly collectEnd: number;
  /** `mp_execute_bytecode` */
  readonly execute: number;
  /** `mp_obj_malloc_helper` */
  readonly newObject: number;
  /** `qstr_data`, which is called and not replaced. */
  readonly stringData: number;
};

/** What MicroPython's sources call them. */
export const functionNames: Readonly<Record<keyof HookPoints, string>> = {
  alloc: 'gc_alloc',
  free: 'gc_free',
  realloc: 'gc_realloc',
  collectEnd: 'gc_collect_end',
  execute: 'mp_execute_bytecode',
  newObject: 'mp_obj_malloc_helper',
  stringData: 'qstr_data',
};

export const signatures: Readonly<Record<keyof HookPoints, string>> = {
  alloc: 'ii:i',
  free: 'i:',
  realloc: 'iii:i',
  collectEnd: ':',
  execute: 'ii:i',
  newObject: 'ii:i',
  stringData: 'ii:i',
};

const collector = { alloc: 82, free: 84, realloc: 86, collectEnd: 80, stringData: 99 };

/** By the number of functions in all, what the builds of npm have: 1.25.0, 1.26.0, 1.27.0. */
const known: Readonly<Record<number, HookPoints>> = {
  1491: { ...collector, execute: 1025, newObject: 451 },
  1508: { ...collector, execute: 1028, newObject: 453 },
  1516: { ...collector, execute: 1032, newObject: 457 },
};

/** Where a build that looks like a known one would have them; `null` for others. The self-test says whether it has. */
export function knownHookPoints(module: WasmModule): HookPoints | null {
  const points = known[module.functionCount];
  return points !== undefined && fits(points, module) ? points : null;
}

/** Whether functions of these types are there. */
export function fits(points: HookPoints, module: WasmModule): boolean {
  return Object.entries(signatures).every(
    ([name, signature]) => module.signatureOf(points[name as keyof HookPoints]) === signature,
  );
}
