import type { FrameRow, Tracer } from '@tracemalloc/core';
import { type LuaModule, type LuaThread, readText } from '../host.ts';
import type { Layout } from '../layout.ts';

/** `find` and `resolve` answer it for a frame that is left out. */
export const ownFrame = -1;
/** `find` answers it for a program counter that it does not know. */
export const unknownFrame = -2;

const filterBits = 16;
const filterMask = (1 << filterBits) - 1;
/** 2^32 ÷ golden ratio: Knuth's multiplicative hash. */
const golden = 0x9e3779b1;

/** What `lua_getinfo` knows of a call, before it is looked at as text. */
export class FrameReader {
  readonly #tracer: Tracer;
  readonly #module: LuaModule;
  readonly #record: Layout['record'];
  readonly #excluded: ReadonlySet<string>;
  readonly #hasNames: boolean;
  /** Where Lua writes what it knows; ours until `dispose`. */
  readonly address: number;
  readonly #what: number;

  /**
   * @param excluded Chunks whose frames are left out.
   * @param hasNames Whether functions get names, which depend on who is asked first.
   */
  constructor(
    tracer: Tracer,
    module: LuaModule,
    record: Layout['record'],
    excluded: ReadonlySet<string>,
    hasNames = true,
  ) {
    this.#tracer = tracer;
    this.#module = module;
    this.#record = record;
    this.#excluded = excluded;
    this.#hasNames = hasNames;
    this.address = module._malloc(record.size);
    this.#what = module.stringToNewUTF8('Sln');
  }

  dispose(): void {
    this.#module._free(this.address);
    this.#module._free(this.#what);
  }

  /** Asks Lua about the call that the record names. @returns its line; −1 for C functions. */
  ask(thread: LuaThread): number {
    this.#module._lua_getinfo(thread, this.#what, this.address);
    return this.#at(this.#record.currentLine);
  }

  /** The function of the call: as its caller named it, else by where it is defined. */
  functionName(): string {
    if (!this.#hasNames) return '';
    const name = this.#at(this.#record.name);
    if (readText(this.#module, this.#at(this.#record.what)) === 'main') return 'main chunk';
    if (name !== 0) return readText(this.#module, name);
    return `function <${this.#file()}:${this.#at(this.#record.lineDefined)}>`;
  }

  frame(line: number, functionName: string): FrameRow {
    const tracer = this.#tracer;
    const file = this.#file();
    if (this.#excluded.has(file)) return ownFrame;
    return tracer.frame(tracer.string(file), Math.max(0, line), tracer.string(functionName));
  }

  /** The whole file name, or what Lua shows of code that came from no file. */
  #file(): string {
    const source = this.#at(this.#record.source);
    const first = this.#module.HEAPU8[source];
    if (first !== 0x40 && first !== 0x3d) {
      return readText(this.#module, this.address + this.#record.shortSource);
    }
    return readText(this.#module, source + 1, this.#at(this.#record.sourceLength) - 1);
  }

  #at(offset: number): number {
    return this.#module.HEAP32[(this.address + offset) >> 2]!;
  }
}

/**
 * Frame rows by program counter. A counter points into the code of a function, so what is known of
 * it holds until that code is freed: `forget` must hear of every block that is.
 */
export class FrameCache {
  readonly #module: LuaModule;
  readonly #layout: Layout;
  readonly #reader: FrameReader;
  #keys = new Int32Array(1 << 10);
  #values = new Int32Array(1 << 10);
  #count = 0;
  /** How often all was forgotten. */
  clearings = 0;
  /** Whether code may lie at an address, by some of its bits. */
  readonly #code = new Uint8Array(1 << filterBits);
  /** Names by `Proto`, so that all lines of a function show the same. */
  readonly #names = new Map<number, string>();

  constructor(module: LuaModule, layout: Layout, reader: FrameReader) {
    this.#module = module;
    this.#layout = layout;
    this.#reader = reader;
  }

  find(pc: number): FrameRow {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let slot = hash(pc) & mask;
    for (;;) {
      const key = keys[slot]!;
      if (key === pc) return this.#values[slot]!;
      if (key === 0) return unknownFrame;
      slot = (slot + 1) & mask;
    }
  }

  /**
   * Asks Lua for the frame of a call.
   * @param base What to add to the pointers into the thread's stack; 0 unless it is being moved.
   */
  resolve(thread: LuaThread, call: number, base: number): FrameRow {
    if (base === 0) return this.#ask(thread, call);
    // Lua keeps offsets there while it moves the stack, and lua_getinfo takes them for pointers.
    const { func, previous } = this.#layout.call;
    const heap = this.#module.HEAP32;
    const cells = [(call + func) >> 2, (heap[(call + previous) >> 2]! + func) >> 2];
    for (const cell of cells) heap[cell]! += base;
    try {
      return this.#ask(thread, call);
    } finally {
      for (const cell of cells) heap[cell]! -= base;
    }
  }

  /** A block was freed: if it may have been code, everything is forgotten. */
  forget(block: number): void {
    if (this.#code[(block >>> 3) & filterMask] !== 0) this.clear();
  }

  clear(): void {
    this.clearings++;
    this.#keys.fill(0);
    this.#count = 0;
    this.#code.fill(0);
    this.#names.clear();
  }

  #ask(thread: LuaThread, call: number): FrameRow {
    const { layout, heap } = { layout: this.#layout, heap: this.#module.HEAP32 };
    heap[(this.#reader.address + layout.record.call) >> 2] = call;
    const line = this.#reader.ask(thread);
    const closure = heap[heap[(call + layout.call.func) >> 2]! >> 2]!;
    const proto = heap[(closure + layout.luaClosure.proto) >> 2]!;
    let name = this.#names.get(proto);
    if (name === undefined) {
      name = this.#reader.functionName();
      this.#names.set(proto, name);
    }
    const frame = this.#reader.frame(line, name);
    this.#code[(heap[(proto + layout.proto.code) >> 2]! >>> 3) & filterMask] = 1;
    this.#put(heap[(call + layout.call.savedPc) >> 2]!, frame);
    return frame;
  }

  #put(pc: number, frame: FrameRow): void {
    if (++this.#count * 2 > this.#keys.length) this.#grow();
    const mask = this.#keys.length - 1;
    let slot = hash(pc) & mask;
    while (this.#keys[slot] !== 0) slot = (slot + 1) & mask;
    this.#keys[slot] = pc;
    this.#values[slot] = frame;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Int32Array(keys.length * 2);
    this.#values = new Int32Array(keys.length * 2);
    const mask = this.#keys.length - 1;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      let slot = hash(keys[i]!) & mask;
      while (this.#keys[slot] !== 0) slot = (slot + 1) & mask;
      this.#keys[slot] = keys[i]!;
      this.#values[slot] = values[i]!;
    }
  }
}

function hash(pc: number): number {
  // Instructions are 4 bytes long.
  return Math.imul(pc >>> 2, golden) >>> 14;
}
