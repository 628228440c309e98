import type { FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';

/** Which frames of the engine's stack are an interpreter's, and what they are called. */
export type HostFrameRules = {
  /** What a file is called in snapshots (`js:ltable.js`, `wasm:pyodide`); `null` for what is none of the interpreter's. */
  readonly nameOf: (file: string) => string | null;
  /** What makes a block of which neither the engine nor the adapter says more; by default that is not said. */
  readonly allocator?: string;
  /** The file that the functions of its allocator are of, in snapshots; default `js:interpreter`. */
  readonly file?: string;
  /** Names of WASM functions by index, where the module has none itself. */
  readonly functions?: ReadonlyMap<number, string>;
  /** Functions that run the guest's code: what is older is the guest's frames' business. */
  readonly ends?: ReadonlySet<string>;
  /** Whether the newest WASM is the adapter's own. */
  readonly hasShim?: boolean;
  /**
   * Whether the adapter is called by the interpreter or its guest and nobody between, so that the first frame of somebody
   * else's is the guest's.
   */
  readonly isCalledDirectly?: boolean;
  /** Functions that the adapter has put into the interpreter's files: the newest are no frames. */
  readonly hooks?: ReadonlySet<string>;
};

/** What V8 tells of a frame. */
type CallSite = {
  getFileName(): string | null;
  getScriptNameOrSourceURL?(): string | null;
  getPosition(): number;
  getLineNumber(): number | null;
  getFunctionName(): string | null;
};

type V8Error = ErrorConstructor & {
  captureStackTrace?: (target: object) => void;
  stackTraceLimit?: number;
  prepareStackTrace?: (error: Error, sites: readonly CallSite[]) => unknown;
};

/** Frames of the adapter's own, which are newer. */
const ownFrames = 14;
/** Frames of the interpreter that are kept for an allocation. */
const mostFrames = 24;

const isEnd = -1;
const isOther = -2;
const isOwn = -3;

/** No function of the allocator is known. */
const unknown: FrameRow = -1;

/** What is known of a file: its name, what its frames are where it has none, and rows by position. */
type KnownFile = {
  readonly name: string | null;
  readonly otherwise: typeof isOther | typeof isOwn;
  readonly rows: Map<number, FrameRow>;
};

/**
 * Where functions of the adapters' are, which are no frames where they stand between an interpreter's own: their folder, that of
 * a bundle on a disk, or the file of one in a page; `null` where the engine does not say.
 */
const ownPlace: URL | null = (() => {
  // Not of import.meta, which a bundle that is no module has not.
  const file = hasCallSites() ? callSites()[0]?.getFileName() : null;
  const url = file?.startsWith('/') === true ? `file://${file}` : file;
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  if (/\/host-frames\/host-stack\.[jt]s$/.test(url)) return new URL('../', url);
  return url.startsWith('file:') ? new URL('.', url) : new URL(url);
})();

/**
 * The interpreter's own functions that led to an allocation, by V8's stack. They stand above the guest's newest frame:
 * what the guest's line called.
 */
export class HostStack {
  readonly #tracer: Tracer;
  readonly #rules: HostFrameRules;
  readonly #readsStack: boolean;
  readonly #files = new Map<string, KnownFile>();
  readonly #found = new Int32Array(mostFrames);
  /** Functions of the allocator by name, and all frames that have such a name. */
  readonly #allocators = new Map<string, FrameRow>();
  readonly #allocatorRows = new Set<FrameRow>();
  readonly #hookRows = new Set<FrameRow>();
  #usual: FrameRow = unknown;
  #shim: string | null = null;

  /** @returns `null` where the engine does not tell of its stack so. */
  static make(tracer: Tracer, rules: HostFrameRules): HostStack | null {
    return hasCallSites() ? new HostStack(tracer, rules, true) : null;
  }

  /** Of the interpreter's functions the one that made a block alone: the adapter says which, and no engine is asked. */
  static ofAllocators(tracer: Tracer, rules: HostFrameRules): HostStack {
    return new HostStack(tracer, rules, false);
  }

  private constructor(tracer: Tracer, rules: HostFrameRules, readsStack: boolean) {
    this.#tracer = tracer;
    this.#rules = rules;
    this.#readsStack = readsStack;
    if (rules.allocator !== undefined) this.#usual = this.allocator(rules.allocator);
  }

  /** A function of the interpreter's allocator, for {@link onto}. */
  allocator(name: string): FrameRow {
    let row = this.#allocators.get(name);
    if (row === undefined) {
      const tracer = this.#tracer;
      const { file = 'js:interpreter' } = this.#rules;
      row = tracer.frame(tracer.string(file), 0, tracer.string(name));
      this.#allocators.set(name, row);
      this.#allocatorRows.add(row);
    }
    return row;
  }

  /**
   * The traceback with the interpreter's functions that run now. Cost: some microseconds, for V8 makes
   * objects of the frames.
   * @param guest What the guest's frames are; −1 stays.
   * @param allocator What made the block, where the adapter knows: it is the newest frame.
   */
  onto(guest: TracebackRow, allocator: FrameRow = unknown): TracebackRow {
    const tracer = this.#tracer;
    if (guest < 0 || !tracer.on) return guest;
    const found = this.#found;
    const count = this.#readsStack ? this.#readStack() : 0;
    let row = guest;
    for (let i = count - 1; i >= 0; i--) row = tracer.extend(row, found[i]!);
    const isThere = count > 0 && this.#allocatorRows.has(found[0]!);
    if (isThere) return row;
    const made = allocator === unknown && count === 0 ? this.#usual : allocator;
    return made === unknown ? row : tracer.extend(row, made);
  }

  /** The same without the stack of this moment, which is another one than that of the block. */
  madeBy(guest: TracebackRow, allocator: FrameRow): TracebackRow {
    return guest < 0 || !this.#tracer.on ? guest : this.#tracer.extend(guest, allocator);
  }

  /** @returns how many frames were found, the newest first. */
  #readStack(): number {
    const found = this.#found;
    let count = 0;
    for (const site of callSites()) {
      const row = this.#rowOf(site);
      if (row === isOther && (count > 0 || this.#rules.isCalledDirectly === true)) break;
      if (row === isEnd || count === mostFrames) break;
      if (row >= 0 && (count > 0 || !this.#hookRows.has(row))) found[count++] = row;
    }
    return count;
  }

  #rowOf(site: CallSite): FrameRow {
    const file = site.getFileName() ?? site.getScriptNameOrSourceURL?.() ?? '';
    let known = this.#files.get(file);
    if (known === undefined) {
      known = {
        name: isOurs(file) ? null : this.#nameOf(file),
        otherwise: isOurs(file) ? isOwn : isOther,
        rows: new Map(),
      };
      this.#files.set(file, known);
    }
    if (known.name === null) return known.otherwise;
    const position = site.getPosition();
    let row = known.rows.get(position);
    if (row === undefined) {
      row = this.#makeRow(site, known.name);
      known.rows.set(position, row);
    }
    return row;
  }

  #nameOf(file: string): string | null {
    if (this.#rules.hasShim === true && this.#shim === null && isWasm(file)) {
      this.#shim = file;
      return null;
    }
    return this.#rules.nameOf(file);
  }

  #makeRow(site: CallSite, file: string): FrameRow {
    const index = /wasm-function\[(\d+)\]/.exec(String(site))?.[1];
    const tracer = this.#tracer;
    let [line, name] = [site.getLineNumber() ?? 0, site.getFunctionName()];
    if (index !== undefined) {
      line = Number(index);
      name ??= this.#rules.functions?.get(line) ?? `wasm-function[${index}]`;
    }
    if (name !== null && this.#rules.ends?.has(name) === true) return isEnd;
    const row = tracer.frame(tracer.string(file), line, tracer.string(name ?? '<anonymous>'));
    if (name !== null && this.#allocators.has(name)) this.#allocatorRows.add(row);
    if (name !== null && this.#rules.hooks?.has(name) === true) this.#hookRows.add(row);
    return row;
  }
}

/** Code that is made as text says so in its `sourceURL`. */
function isOurs(file: string): boolean {
  if (file.startsWith('tracemalloc/')) return true;
  return (
    ownPlace !== null && (file.startsWith(ownPlace.href) || file.startsWith(ownPlace.pathname))
  );
}

/** Whether V8 calls a script so that is a WASM module. */
export function isWasm(file: string): boolean {
  return file.startsWith('wasm:');
}

function hasCallSites(): boolean {
  return typeof (Error as V8Error).captureStackTrace === 'function';
}

/** Newest first. What the page or Node has set for stacks is as it was afterwards. */
function callSites(): readonly CallSite[] {
  const V8 = Error as V8Error;
  const { stackTraceLimit, prepareStackTrace } = V8;
  const holder: { stack?: readonly CallSite[] } = {};
  try {
    V8.stackTraceLimit = ownFrames + mostFrames;
    V8.prepareStackTrace = (_error, sites) => sites;
    V8.captureStackTrace!(holder);
    const { stack } = holder;
    return Array.isArray(stack) ? stack : [];
  } finally {
    V8.stackTraceLimit = stackTraceLimit!;
    V8.prepareStackTrace = prepareStackTrace!;
  }
}
