import { concat, nameBytes, signed, unsigned } from './bytes.ts';
import { codeOf } from './replaceable.ts';
import { type WasmExports, webAssembly } from './web-assembly.ts';

/** A function of a module that is written by hand. */
export type Body = {
  /** Its types as letters: `ii:i`. */
  readonly signature: string;
  /** Variables of 32 bits beside its parameters. */
  readonly variables: number;
  /** Doubles, which are numbered after them. Default: none. */
  readonly doubles?: number;
  /** Its instructions, without the `end`. */
  readonly code: readonly number[];
};

/** A module that is written by hand: functions between those of a guest's module and those of JavaScript. */
export type Assembly = {
  /** What it calls, with its signature; functions are numbered from these on. */
  readonly imports: readonly (readonly [callable: unknown, signature: string])[];
  readonly functions: readonly Body[];
  /** Names of its global integers, in their order: all are 0 at first, and exported. */
  readonly globals: readonly string[];
  /** Pages of 64 KiB of a memory of its own, exported as `memory`. */
  readonly pages: number;
  /** The memory that it uses instead, of whatever size. */
  readonly memory?: unknown;
};

/** The instructions that are needed, by what WebAssembly calls them. */
export const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  ifVoid: [0x04, 0x40],
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  returnNow: 0x0f,
  call: 0x10,
  drop: 0x1a,
  select: 0x1b,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  getGlobal: 0x23,
  setGlobal: 0x24,
  /** Of a word at an address, aligned. */
  load: [0x28, 2, 0],
  store: (offset: number): number[] => [0x36, 2, offset],
  pages: [0x3f, 0],
  grow: [0x40, 0],
  constant: (value: number): number[] => [0x41, ...signed(value)],
  isZero: 0x45,
  equal: 0x46,
  lessUnsigned: 0x49,
  greaterUnsigned: 0x4b,
  add: 0x6a,
  subtract: 0x6b,
  multiply: 0x6c,
  and: 0x71,
  shiftLeft: 0x74,
  shiftRight: 0x76,
} as const;

/** Instructions that load parameters and variables. */
export function locals(...indices: number[]): number[] {
  return indices.flatMap((index) => [op.get, ...unsigned(index)]);
}

/** A call of a function by its number. */
export function call(index: number): number[] {
  return [op.call, ...unsigned(index)];
}

/** An instance of it; its functions are exported as `0`, `1`, … in their order. */
export function assemble(assembly: Assembly): WasmExports {
  const { imports, functions, globals, pages, memory } = assembly;
  const signatures = [
    ...new Set([
      ...imports.map(([, signature]) => signature),
      ...functions.map((f) => f.signature),
    ]),
  ];
  const section = (id: number, items: readonly ArrayLike<number>[]): ArrayLike<number> => {
    const payload = concat([unsigned(items.length), ...items]);
    return items.length === 0 ? [] : concat([[id], unsigned(payload.length), payload]);
  };
  const typeNumber = (signature: string): number[] => unsigned(signatures.indexOf(signature));
  const vector = (letters: string): number[] => [
    ...unsigned(letters.length),
    ...Array.from(letters, (letter) => codeOf[letter]!),
  ];
  const importOf = ([, signature]: Assembly['imports'][number], i: number): number[] => [
    ...nameBytes(''),
    ...nameBytes(String(i)),
    0,
    ...typeNumber(signature),
  ];
  const bodyOf = ({ code, variables, doubles = 0 }: Body): number[] => {
    const kinds = [[variables, codeOf['i']!] as const, [doubles, codeOf['d']!] as const];
    const used = kinds.filter(([count]) => count > 0);
    const body = [used.length, ...used.flat(), ...code, op.end];
    return [...unsigned(body.length), ...body];
  };
  const exported = (name: string, kind: number, index: number): number[] => [
    ...nameBytes(name),
    kind,
    ...unsigned(index),
  ];
  const bytes = concat([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(
      1,
      signatures.map((signature) => {
        const [parameters = '', results = ''] = signature.split(':');
        return [0x60, ...vector(parameters), ...vector(results)];
      }),
    ),
    section(2, [
      ...imports.map(importOf),
      ...(memory === undefined ? [] : [[...nameBytes(''), ...nameBytes('memory'), 2, 0, 0]]),
    ]),
    section(
      3,
      functions.map(({ signature }) => typeNumber(signature)),
    ),
    section(5, pages === 0 ? [] : [[0, ...unsigned(pages)]]),
    section(
      6,
      globals.map(() => [codeOf['i']!, 1, ...op.constant(0), op.end]),
    ),
    section(7, [
      ...functions.map((_, i) => exported(String(i), 0, imports.length + i)),
      ...globals.map((name, i) => exported(name, 3, i)),
      ...(pages === 0 ? [] : [exported('memory', 2, 0)]),
    ]),
    section(10, functions.map(bodyOf)),
  ]);
  const values: Record<string, unknown> = { memory };
  for (const [i, [value]] of imports.entries()) values[String(i)] = value;
  return new webAssembly.Instance(new webAssembly.Module(bytes), { '': values }).exports;
}
