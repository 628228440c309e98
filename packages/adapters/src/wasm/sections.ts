import { TracemallocError } from '@tracemalloc/core';
import { ByteReader, damaged } from './bytes.ts';

/** The numbers of the sections that are read. */
export const section = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

export type Section = { readonly id: number; readonly payload: Uint8Array };

/** A function's parameters or results: `i` i32, `j` i64, `f` f32, `d` f64, `?` what JavaScript can't have. */
type Letters = string;

export type FunctionType = { readonly parameters: Letters; readonly results: Letters };

/** What imports add to the numbers of functions, tables and globals. */
export type Imports = {
  /** Type numbers of imported functions. */
  readonly functions: readonly number[];
  readonly tables: number;
  readonly globals: number;
};

const letterOf: Readonly<Record<number, string>> = { 127: 'i', 126: 'j', 125: 'f', 124: 'd' };
const functionForm = 0x60;

/** @throws TracemallocError `unsupported` for types that are of no function. */
export function readTypes(payload: Uint8Array): FunctionType[] {
  const reader = new ByteReader(payload);
  const types: FunctionType[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    const form = reader.byte();
    if (form !== functionForm) {
      throw new TracemallocError(
        'unsupported',
        `modules with types of the garbage collection proposal (form 0x${form.toString(16)}) can't be rewritten`,
      );
    }
    types.push({ parameters: valueTypes(reader), results: valueTypes(reader) });
  }
  return types;
}

function valueTypes(reader: ByteReader): Letters {
  let letters = '';
  for (let left = reader.u32(); left > 0; left--) {
    const type = reader.byte();
    // References to a type have its number, or a kind, after them.
    if (type === 0x63 || type === 0x64) reader.skipInteger();
    letters += letterOf[type] ?? '?';
  }
  return letters;
}

export function readImports(payload: Uint8Array): Imports {
  const reader = new ByteReader(payload);
  const functions: number[] = [];
  let [tables, globals] = [0, 0];
  for (let left = reader.u32(); left > 0; left--) {
    reader.take(reader.u32());
    reader.take(reader.u32());
    const kind = reader.byte();
    if (kind === 0) functions.push(reader.u32());
    else if (kind === 1) {
      skipValueType(reader);
      readLimits(reader);
      tables++;
    } else if (kind === 2) readLimits(reader);
    else if (kind === 3) {
      skipValueType(reader);
      reader.byte();
      globals++;
    } else if (kind === 4) {
      reader.byte();
      reader.u32();
    } else throw damaged(`an import is of kind ${kind}`, reader.at);
  }
  return { functions, tables, globals };
}

function skipValueType(reader: ByteReader): void {
  const type = reader.byte();
  if (type === 0x63 || type === 0x64) reader.skipInteger();
}

/** Limits of a memory or a table; `end` of its least size is where the greatest one begins. */
export function readLimits(reader: ByteReader): void {
  const flags = reader.byte();
  reader.skipInteger();
  if ((flags & 1) !== 0) reader.skipInteger();
}

/** A vector of plain numbers: the type numbers of the functions that a module defines. */
export function readNumbers(payload: Uint8Array): number[] {
  const reader = new ByteReader(payload);
  const numbers: number[] = [];
  for (let left = reader.u32(); left > 0; left--) numbers.push(reader.u32());
  return numbers;
}

export type Export = { readonly kind: number; readonly index: number };

/** Exports by name; of kind 0 are functions, 1 tables. */
export function readExports(payload: Uint8Array): Map<string, Export> {
  const reader = new ByteReader(payload);
  const exports = new Map<string, Export>();
  for (let left = reader.u32(); left > 0; left--) {
    const name = reader.name();
    exports.set(name, { kind: reader.byte(), index: reader.u32() });
  }
  return exports;
}

/** Function names of the custom section `name`, by index. */
export function readFunctionNames(payload: Uint8Array): Map<number, string> {
  const names = new Map<number, string>();
  const reader = new ByteReader(payload);
  if (reader.name() !== 'name') return names;
  while (!reader.isAtEnd) {
    const part = reader.byte();
    const content = new ByteReader(reader.take(reader.u32()));
    if (part !== 1) continue;
    for (let left = content.u32(); left > 0; left--) names.set(content.u32(), content.name());
  }
  return names;
}
