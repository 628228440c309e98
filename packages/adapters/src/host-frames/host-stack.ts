import type { FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';

/** Which frames of the engine's stack are an interpreter's, and what they are called. */
export type HostFrameRules = {
  /** What a file is called in snapshots (`js:ltable.js`, `wasm:pyodide`); `null` for what is none of the interpreter's. */
  readonly nameOf: (file: string) => string | null;
  /** Names of WASM functions by index, where the module has none itself. */
  readonly functions?: ReadonlyMap<number, string>;
  /** Functions that run the guest's code: what is older is the guest's frames' business. */
  readonly ends?: ReadonlySet<string>;
  /** Whether the newest WASM is the adapter's own. */
  readonly hasShim?: boolean;
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

/** What is known of a file: its name, and rows by position. */
type KnownFile = { readonly name: string | null; readonly rows: Map<number, FrameRow> };

/**
 * The interpreter's own functions that led to an allocation, by V8's stack. They stand above the guest's newest frame:
 * what the guest's line called.
 */
export class HostStack {
  readonly #tracer: Tracer;
  readonly #rules: HostFrameRules;
  readonly #files = new Map<string, KnownFile>();
  readonly #found = new Int32Array(mostFrames);
  #shim: string | null = null;

  /** @returns `null` where the engine does not tell of its stack so. */
  static make(tracer: Tracer, rules: HostFrameRules): HostStack | null {
    const { captureStackTrace } = Error as V8Error;
    return typeof captureStackTrace === 'function' ? new HostStack(tracer, rules) : null;
  }

  private constructor(tracer: Tracer, rules: HostFrameRules) {
    this.#tracer = tracer;
    this.#rules = rules;
  }

  /**
   * The traceback with the interpreter's functions that run now. Cost: some microseconds, for V8 makes
   * objects of the frames.
   * @param guest What the guest's frames are; −1 stays.
   */
  onto(guest: TracebackRow): TracebackRow {
    if (guest < 0 || !this.#tracer.on) return guest;
    const found = this.#found;
    let count = 0;
    for (const site of callSites()) {
      const row = this.#rowOf(site);
      if (row === isOther && count > 0) break;
      if (row === isEnd || count === mostFrames) break;
      if (row !== isOther) found[count++] = row;
    }
    let row = guest;
    for (let i = count - 1; i >= 0; i--) row = this.#tracer.extend(row, found[i]!);
    return row;
  }

  #rowOf(site: CallSite): FrameRow {
    const file = site.getFileName() ?? site.getScriptNameOrSourceURL?.() ?? '';
    let known = this.#files.get(file);
    if (known === undefined) {
      known = { name: this.#nameOf(file), rows: new Map() };
      this.#files.set(file, known);
    }
    if (known.name === null) return isOther;
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
    return tracer.frame(tracer.string(file), line, tracer.string(name ?? '<anonymous>'));
  }
}

/** Whether V8 calls a script so that is a WASM module. */
export function isWasm(file: string): boolean {
  return file.startsWith('wasm:');
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
