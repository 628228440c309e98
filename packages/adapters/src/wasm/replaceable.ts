import { TracemallocError } from '@tracemalloc/core';
import { nameBytes, unsigned } from './bytes.ts';
import { added } from './head.ts';
import {
  isTable,
  type WasmExports,
  type WasmGlobal,
  type WasmTable,
  webAssembly,
} from './web-assembly.ts';

/** A function of a module as JavaScript calls it: an i64 is a bigint, all else a number. */
export type WasmFunction = (...args: never[]) => unknown;

/** A function of a rewritten module that can be replaced. */
export type ReplaceableFunction = {
  /** As it was asked for: an export, a name, or an index as text. */
  readonly name: string;
  /** Its types as letters: `ii:i` takes two i32 and gives one; `j` i64, `f` f32, `d` f64. */
  readonly signature: string;
  /** What it did before, and does while it is not replaced. */
  readonly original: WasmFunction;
  /**
   * Calls `replacement` instead from now on, wherever the module calls the function. What it throws goes through the
   * module's code to who called that.
   * @returns the undo: the function is what it was before this call. Again: does nothing.
   */
  replace(replacement: WasmFunction): () => void;
};

/**
 * The functions of an instance that `rewriteWasm` made replaceable, by the name that they were asked for.
 * @param exports `instance.exports`.
 * @throws TracemallocError `unsupported-host` for an instance of a module that was not rewritten.
 */
export function replaceableFunctions(exports: WasmExports): Map<string, ReplaceableFunction> {
  const table = exports[added.table];
  if (!isTable(table)) {
    throw new TracemallocError(
      'unsupported-host',
      'the WASM module was not rewritten: instantiate what rewriteWasm(bytes, { functions }) gives',
    );
  }
  const functions = new Map<string, ReplaceableFunction>();
  for (const [key, original] of Object.entries(exports)) {
    if (!key.startsWith(added.function)) continue;
    const [, slot = '', signature = '', name = ''] =
      /^(\d+) (\S+) (.*)$/s.exec(key.slice(added.function.length)) ?? [];
    const flag = exports[added.on + slot] as WasmGlobal;
    functions.set(name, {
      name,
      signature,
      original: original as WasmFunction,
      replace: replacing(table, Number(slot), flag, signature),
    });
  }
  return functions;
}

type Replacement = { readonly callable: WasmFunction };

/** Replacements stand on each other, so that undoing one below leaves those above. */
function replacing(
  table: WasmTable,
  slot: number,
  flag: WasmGlobal,
  signature: string,
): ReplaceableFunction['replace'] {
  const stack: Replacement[] = [];
  const sync = (): void => {
    const top = stack.at(-1);
    table.set(slot, top?.callable ?? null);
    flag.value = top === undefined ? 0 : 1;
  };
  return (replacement) => {
    const entry = { callable: wasmFunction(replacement, signature) };
    stack.push(entry);
    sync();
    return () => {
      const at = stack.indexOf(entry);
      if (at < 0) return;
      stack.splice(at, 1);
      sync();
    };
  };
}

/** Types of WebAssembly by the letters of signatures. */
export const codeOf: Readonly<Record<string, number>> = { i: 127, j: 126, f: 125, d: 124 };

/**
 * A function of JavaScript as one of WASM, which tables take and `call_indirect` calls: a module that imports and exports it.
 * @param signature As of {@link ReplaceableFunction}: `ii:i`.
 */
export function wasmFunction(callable: WasmFunction, signature: string): WasmFunction {
  const [parameters = '', results = ''] = signature.split(':');
  const vector = (letters: string) => [
    ...unsigned(letters.length),
    ...Array.from(letters, (letter) => codeOf[letter]!),
  ];
  const section = (id: number, bytes: readonly number[]) => [
    id,
    ...unsigned(bytes.length),
    ...bytes,
  ];
  const bytes = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...vector(parameters), ...vector(results)]),
    ...section(2, [1, ...nameBytes(''), ...nameBytes('f'), 0, 0]),
    ...section(7, [1, ...nameBytes('f'), 0, 0]),
  ]);
  const instance = new webAssembly.Instance(new webAssembly.Module(bytes), { '': { f: callable } });
  return instance.exports['f'] as WasmFunction;
}
