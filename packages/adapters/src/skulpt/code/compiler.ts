import { TracemallocError } from '@tracemalloc/core';
import type { Skulpt } from '../host.ts';

/** One block of emitted JavaScript. */
type Block = string[] & { readonly _name: string; readonly _next: number | null };

/** What is known of the names of a scope. */
type SymbolTableEntry = {
  readonly blockType: string;
  readonly generator?: boolean;
  readonly symFlags?: Readonly<Record<string, unknown>>;
  getScope?(name: string): number;
};

/** One scope that is being compiled: a module, function, class body, lambda or generator. */
export type Unit = {
  readonly ste: SymbolTableEntry;
  /** The variable that the compiled function is in. */
  readonly scopename: string;
  readonly name: { readonly v: string };
  /** What Python calls it: `C.f`. Noted by the adapter. */
  $tmName?: string;
  readonly firstlineno?: number;
  readonly blocks: readonly Block[];
  readonly curblock: number;
  prefixCode: string;
  switchCode: string;
  suffixCode: string;
  doesSuspend: boolean;
};

export type Node = { readonly lineno?: number };
export type Loop = { readonly iter: Node } & Node;

/** Skulpt's compiler, which it does not export. */
export type Compiler = {
  readonly filename: string;
  readonly u: Unit;
  readonly allUnits: readonly Unit[];
  annotateSource(node: Node): void;
  vexpr(node: Node, ...rest: unknown[]): unknown;
  vstmt(node: Node, ...rest: unknown[]): unknown;
  setBlock(block: number): void;
  cfor(node: Loop): unknown;
  cwith(node: Node, index: number): unknown;
  ccompgen(
    type: string,
    name: string,
    generators: readonly Loop[],
    index: number,
    ...rest: unknown[]
  ): unknown;
  nameop(name: { readonly v: string }, context: unknown, ...rest: unknown[]): unknown;
  enterScope(...args: unknown[]): string;
  _gr(hint: string, ...rest: unknown[]): string;
  outputAllUnits(): string;
  outputSuspensionHelpers(unit: Unit): string;
};

/** Blocks that have ended take no more code. The `;` in front: `del` of a global emits none. */
export function emit({ u }: Compiler, code: string): void {
  const block = u.blocks[u.curblock];
  if (block?._next === null) block.push(`;${code}`);
}

const members = [
  'annotateSource',
  'vexpr',
  'vstmt',
  'setBlock',
  'cfor',
  'cwith',
  'ccompgen',
  'nameop',
  'enterScope',
  '_gr',
  'outputAllUnits',
  'outputSuspensionHelpers',
] as const;

/**
 * The prototype of Skulpt's compilers. Nothing leads to it but an instance: each new one sets
 * `allUnits`, which an accessor on Object.prototype sees for the moment of one empty compilation.
 *
 * @throws TracemallocError `unsupported-host` when it does not look as the known versions'.
 */
export function captureCompiler(Sk: Skulpt): Compiler {
  const objectPrototype = Object.getPrototypeOf(Sk.python3) as object;
  const { gensymcount } = Sk;
  let found: object | null = null;
  Object.defineProperty(objectPrototype, 'allUnits', {
    configurable: true,
    set(this: object, value: unknown) {
      found ??= this;
      Object.defineProperty(this, 'allUnits', {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  });
  try {
    withLanguage(Sk, () => Sk.compile('', '<tracemalloc>', 'exec', true));
  } finally {
    Reflect.deleteProperty(objectPrototype, 'allUnits');
    if (gensymcount === undefined) Reflect.deleteProperty(Sk, 'gensymcount');
    else Sk.gensymcount = gensymcount;
  }
  const prototype = found === null ? null : (Object.getPrototypeOf(found) as Compiler);
  const missing = members.filter((name) => typeof prototype?.[name] !== 'function');
  if (prototype !== null && missing.length === 0) return prototype;
  throw new TracemallocError(
    'unsupported-host',
    `Skulpt's compiler is not known (it lacks ${missing.join(', ')})`,
  );
}

/** Calls `work`, which compiles. Before the host's first Sk.configure() there is no language level: it has one meanwhile. */
export function withLanguage<T>(Sk: Skulpt, work: () => T): T {
  if (Sk.__future__ !== undefined) return work();
  Sk.__future__ = Sk.python3;
  try {
    return work();
  } finally {
    Reflect.deleteProperty(Sk, '__future__');
  }
}
