import { decodeWtf8 } from '@tracemalloc/core/codec';
import { badPickle } from './bad-pickle.ts';
import { Memo } from './memo.ts';
import { expanded, type PyValue } from './py-value.ts';
import { TraceReader } from './read-trace.ts';
import { TraceRun, TraceStore } from './trace-store.ts';

const newline = 0x0a;

/** What an object, a place in an array that grows, and a view of bytes take in V8, about. */
const bytesOfObject = 64;
const bytesOfPlace = 24;
const bytesOfView = 96;

/** Values in one array: V8 ends the process where there are some 134 million. */
export const maxPlaces = 100_000_000;

/** Memo entries of frames and traces: their rows must fit beside what they are. */
const maxEntries = 4 * maxPlaces;

/** Longest integer that is read: Python itself refuses decimal texts above 4300 digits. */
const maxIntegerBytes = 1800;

/** What the opcodes of a trace spend: three integers, a traceback from the memo, a tuple. */
const bytesOfTrace = 4 * bytesOfPlace + bytesOfObject;

/** A frame of a traceback that is read straight into columns, and its memo entry, both as they grow. */
const bytesOfFrame = 16;

/** A pickle's bytes, and the stack, marks and memo that its opcodes work on. */
export class PickleMachine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #maxBytes: number;
  #spent = 0;
  #at = 0;
  /** Of the opcode that is running. */
  #opcodeAt = 0;
  readonly #stack: (PyValue | TraceRun)[] = [];
  /** Heights of the stack at the marks that are open. */
  readonly #marks: number[] = [];
  readonly #store = new TraceStore();
  readonly #memo = new Memo(this.#store);
  readonly #traces: TraceReader;

  /** @param maxBytes What all values may take in all. */
  constructor(bytes: Uint8Array, start: number, maxBytes: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#maxBytes = maxBytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#traces = new TraceReader(bytes, this.#memo, this.#store);
  }

  /** Offset of the opcode that is running. */
  get offset(): number {
    return this.#opcodeAt;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  nextOpcode(): number {
    this.#opcodeAt = this.#at;
    return this.byte();
  }

  /** Notes what a value takes in memory, about. @throws `too-large` */
  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent <= this.#maxBytes) return;
    throw badPickle(
      `its values take more than ${this.#maxBytes} bytes of memory (maxBytes)`,
      this.#opcodeAt,
      'too-large',
    );
  }

  fail(what: string): Error {
    return badPickle(what, this.#opcodeAt);
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A length of eight bytes: more than the file has is refused by whoever takes that many. */
  uint64(): number {
    const low = this.uint32();
    return low + this.uint32() * 2 ** 32;
  }

  /** Big-endian, alone among a pickle's numbers. */
  double(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A view of the next bytes. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    this.spend(bytesOfView);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    const start = this.#take(length);
    this.spend(length);
    const text = decodeWtf8(this.#bytes, start, start + length);
    if (text === null) throw this.fail('a string is not UTF-8');
    return text;
  }

  /** The bytes up to the next newline, as Latin-1. */
  line(): string {
    const end = this.#bytes.indexOf(newline, this.#at);
    if (end < 0) throw this.#truncated();
    let line = '';
    for (; this.#at < end; this.#at++) line += String.fromCharCode(this.#bytes[this.#at]!);
    this.#at++;
    return line;
  }

  /** A two's complement integer, least byte first: a number when it is safe, else a bigint. */
  longInteger(length: number): number | bigint {
    if (length > maxIntegerBytes) throw this.fail(`an integer has ${length} bytes`);
    const bytes = this.bytes(length);
    if (length === 0) return 0;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
    return narrow(BigInt.asIntN(length * 8, BigInt(`0x${hex.reverse().join('')}`)));
  }

  /** A decimal integer as text. */
  decimal(text: string): number | bigint {
    if (!/^[-+]?\d+$/.test(text) || text.length > 4300) throw this.fail('an integer is malformed');
    return narrow(BigInt(text.replace(/^\+/, '')));
  }

  push(value: PyValue): void {
    // Its place on the stack, and that in what it becomes a part of.
    this.spend(typeof value === 'object' && value !== null ? bytesOfObject : bytesOfPlace);
    this.#put(value);
  }

  #put(value: PyValue): void {
    if (this.#stack.length >= maxPlaces) throw this.tooLong();
    this.#stack.push(value);
  }

  tooLong(): Error {
    const what = `more than ${maxPlaces} values are in one list or on the stack`;
    return badPickle(what, this.#opcodeAt, 'too-large');
  }

  pop(): PyValue {
    this.#checkHeight(1);
    const value = this.#stack.pop()!;
    if (!(value instanceof TraceRun)) return value;
    if (value.length > 1) this.#stack.push(new TraceRun(value.store, value.from, value.to - 1));
    return value.store.tuple(value.to - 1) as PyValue;
  }

  top(): PyValue {
    this.#checkHeight(1);
    const value = this.#stack.at(-1)!;
    if (!(value instanceof TraceRun)) return value;
    const last = this.pop();
    this.#stack.push(last);
    return last;
  }

  /**
   * Reads traces as long as they are written in the usual way, the first of which would begin with
   * the opcode that is running: straight into columns, in place of their tuples.
   * @returns whether there was one.
   */
  traces(): boolean {
    // MEMOIZE counts entries beyond a hole, too.
    if (this.#memo.next !== this.#memo.length) return false;
    const traces = this.#traces;
    const { frames } = this.#store.stacks;
    const first = this.#store.length;
    for (let known = frames.length; this.#bytes[this.#opcodeAt] === 0x28; known = frames.length) {
      if (!traces.read(this.#opcodeAt)) break;
      const textBytes = traces.end - this.#opcodeAt;
      this.spend(bytesOfTrace + textBytes + bytesOfFrame * (frames.length - known));
      if (this.#memo.length > maxEntries) throw this.tooLong();
      this.#opcodeAt = traces.end;
      this.#at = traces.end;
    }
    if (this.#store.length === first) return false;
    this.#stack.push(new TraceRun(this.#store, first, this.#store.length));
    return true;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Everything since the last mark, which is removed with it. */
  popToMark(): PyValue[] {
    const parts = this.popPartsToMark();
    return parts.some((part) => part instanceof TraceRun) ? expanded(parts) : (parts as PyValue[]);
  }

  /** As {@link popToMark}, with traces as they were read. */
  popPartsToMark(): (PyValue | TraceRun)[] {
    const height = this.#marks.pop();
    if (height === undefined) throw this.fail('there is no mark');
    return this.#stack.splice(height);
  }

  /** POP removes a mark when nothing lies above it. */
  dropTop(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  /** MEMOIZE: the next free number. */
  memoize(): void {
    this.memoPut(this.#memo.next);
  }

  memoPut(index: number): void {
    const value = this.top();
    this.spend(index <= this.#memo.length ? bytesOfPlace : bytesOfObject);
    this.#memo.put(index, value);
  }

  memoGet(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.fail(`memo has no entry ${index}`);
    this.spend(bytesOfPlace);
    this.#put(value);
  }

  /** Values above the last mark cannot be taken from below it. */
  #checkHeight(needed: number): void {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length - floor < needed) throw this.fail('the stack is empty');
  }

  #take(length: number): number {
    if (length > this.left) throw this.#truncated();
    const start = this.#at;
    this.#at += length;
    return start;
  }

  #truncated(): Error {
    const end = this.#bytes.length;
    return badPickle(`it ends inside the opcode at byte ${this.#opcodeAt}`, end, 'truncated');
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
