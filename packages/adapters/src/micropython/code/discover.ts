import type { WasmModule } from '../../wasm/module.ts';
import { replaceableFunctions, type WasmFunction } from '../../wasm/replaceable.ts';
import type { MicroPythonExports, MicroPythonHost } from '../host.ts';
import { fits, type HookPoints } from './hook-points.ts';

/** One call of a function of the guest's. */
type Call = {
  readonly index: number;
  readonly args: readonly number[];
  /** The call that it was made in, by its place in the list; −1: by JavaScript. */
  readonly parent: number;
  result: number;
};

/** A program makes some ten thousand. */
const callLimit = 1_000_000;

/** All functions that may be one of those that are looked for. */
export function candidates(module: WasmModule): number[] {
  const indices: number[] = [];
  for (let i = module.importedFunctions; i < module.functionCount; i++) {
    if (/^i{0,3}:i?$/.test(module.signatureOf(i)!)) indices.push(i);
  }
  return indices;
}

/**
 * Finds the functions to look on in a build that is not known, by what they are called with while five small programs run.
 *
 * @param exports Of an instance whose {@link candidates} can all be replaced. It is of no use afterwards.
 * @throws RangeError that says which one was not found.
 */
export function discover(
  host: MicroPythonHost,
  exports: MicroPythonExports,
  module: WasmModule,
): HookPoints {
  const calls = new CallLog(host, exports, module);
  const size = 54321;
  const alloc = calls.during(`x = bytearray(${size})`, (all) =>
    last(all.filter(({ index, args }) => module.signatureOf(index) === 'ii:i' && args[0] === size)),
  );
  const elements = 4321;
  const tuple = 8 + 4 * elements;
  const newObject = calls.during(`x = (None,) * ${elements}`, (all) =>
    last(
      all.filter(
        ({ index, args }) =>
          module.signatureOf(index) === 'ii:i' &&
          args[0] === tuple &&
          index !== alloc?.index &&
          isTypeAt(exports, args[1]!),
      ),
    ),
  );
  const realloc = calls.during('y = [1, 2, 3]\nfor i in range(40): y.append(i)', (all) =>
    last(
      all.filter(
        ({ index, args }) =>
          module.signatureOf(index) === 'iii:i' && args[1] === 256 && args[2] === 1,
      ),
    ),
  );
  const free = calls.during('d = {}\nfor i in range(40): d[i] = None', (all) =>
    innermostFree(all, module),
  );
  const few = calls.during(recursion(20), (all) => counts(all));
  const many = calls.during(recursion(50), (all) => counts(all));
  const execute = [...many].find(
    ([index, count]) =>
      module.signatureOf(index) === 'ii:i' && count - (few.get(index) ?? 0) === 30,
  )?.[0];
  const name = 'a_name_that_is_in_no_program';
  const stringData = calls.during(`def ${name}(): raise ValueError\n${name}()`, (all) =>
    last(
      all.filter(
        ({ index, args, result }) =>
          module.signatureOf(index) === 'ii:i' &&
          args[1] !== 0 &&
          textAt(exports, result, name.length) === name,
      ),
    ),
  );
  // Some builds collect when the program ends, and others when the next one begins.
  const collectEnd = calls.during(['__import__("gc").collect()', 'None'], (all) =>
    lastStep(all, module),
  );
  const found = {
    alloc: alloc?.index,
    free,
    realloc: realloc?.index,
    collectEnd,
    execute,
    newObject: newObject?.index,
    stringData: stringData?.index,
  };
  for (const [role, index] of Object.entries(found)) {
    if (index === undefined) throw new RangeError(`its function ${role} was not found`);
  }
  const points = found as HookPoints;
  if (!fits(points, module)) throw new RangeError('its functions are of other types');
  return points;
}

const recursion = (depth: number): string => `def f(n):\n  if n: f(n - 1)\nf(${depth})`;

/** Notes all calls, with what they gave. */
class CallLog {
  readonly #host: MicroPythonHost;
  #calls: Call[] | null = null;
  #parent = -1;

  constructor(host: MicroPythonHost, exports: MicroPythonExports, module: WasmModule) {
    this.#host = host;
    for (const [name, { original, replace }] of replaceableFunctions(exports)) {
      replace(this.#noting(Number(name), original, module) as WasmFunction);
    }
  }

  during<T>(programs: string | readonly string[], look: (calls: readonly Call[]) => T): T {
    const calls: Call[] = [];
    this.#calls = calls;
    this.#parent = -1;
    try {
      for (const program of [programs].flat()) this.#host.runPython(program);
    } catch {
      // One raises an error.
    } finally {
      this.#calls = null;
    }
    return look(calls);
  }

  #noting(index: number, original: WasmFunction, module: WasmModule): unknown {
    const call = original as unknown as (a?: number, b?: number, c?: number) => number;
    const arity = module.signatureOf(index)!.indexOf(':');
    return (a: number, b: number, c: number): number => {
      const calls = this.#calls;
      if (calls === null || calls.length >= callLimit) return call(a, b, c);
      const parent = this.#parent;
      const entry: Call = { index, args: [a, b, c].slice(0, arity), parent, result: 0 };
      this.#parent = calls.push(entry) - 1;
      try {
        entry.result = call(a, b, c);
        return entry.result;
      } finally {
        this.#parent = parent;
      }
    };
  }
}

/** What frees most blocks that were allocated before, and is not called with another one of its kind in it. */
function innermostFree(all: readonly Call[], module: WasmModule): number | undefined {
  const given = new Set(all.map(({ result }) => result));
  const frees = all.filter(
    ({ index, args }) => module.signatureOf(index) === 'i:' && given.has(args[0]!),
  );
  const outer = new Set<number>();
  for (const { parent, args } of frees) {
    const by = all[parent];
    if (by !== undefined && by.args[0] === args[0]) outer.add(by.index);
  }
  const blocks = new Map<number, Set<number>>();
  for (const { index, args } of frees) {
    if (outer.has(index)) continue;
    blocks.set(index, (blocks.get(index) ?? new Set()).add(args[0]!));
  }
  return [...blocks].sort(([, a], [, b]) => b.size - a.size)[0]?.[0];
}

/**
 * A collection is a beginning and an end that take nothing, and the marking of what is reached from several roots, which is a function that is called
 * for each of them, and nothing else.
 */
function lastStep(all: readonly Call[], module: WasmModule): number | undefined {
  const typeOf = ({ index }: Call): string => module.signatureOf(index)!;
  let found: number | undefined;
  for (const [at, end] of all.entries()) {
    if (typeOf(end) !== ':') continue;
    let begin = at - 1;
    while (begin >= 0 && typeOf(all[begin]!) === 'ii:') begin--;
    const start = all[begin];
    if (start === undefined || typeOf(start) !== ':' || start.parent !== end.parent) continue;
    const roots = counts(all.slice(begin + 1, at));
    if (Math.max(0, ...roots.values()) >= 2) found = end.index;
  }
  return found;
}

function last<T>(items: readonly T[]): T | undefined {
  return items.at(-1);
}

function counts(all: readonly Call[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { index } of all) found.set(index, (found.get(index) ?? 0) + 1);
  return found;
}

/** Types are of a type that is its own. */
function isTypeAt(exports: MicroPythonExports, address: number): boolean {
  const words = new Uint32Array(exports.memory.buffer);
  const meta = words[address >>> 2];
  return meta !== undefined && meta !== 0 && words[meta >>> 2] === meta;
}

function textAt(exports: MicroPythonExports, address: number, length: number): string {
  const bytes = new Uint8Array(exports.memory.buffer);
  if (address <= 0 || address + length > bytes.length) return '';
  return String.fromCharCode(...bytes.subarray(address, address + length));
}
