import { encodeWtf8 } from '@tracemalloc/core/codec';

/** Opcodes of protocol 4 that a snapshot needs, by pickle.py's names. */
export const opcode = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  none: 0x4e,
  newTrue: 0x88,
  newFalse: 0x89,
  binInt: 0x4a,
  binInt1: 0x4b,
  binInt2: 0x4d,
  long1: 0x8a,
  binFloat: 0x47,
  shortBinUnicode: 0x8c,
  binUnicode: 0x58,
  emptyTuple: 0x29,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  tuple: 0x74,
  emptyList: 0x5d,
  appends: 0x65,
  emptyDict: 0x7d,
  setItem: 0x73,
  setItems: 0x75,
  memoize: 0x94,
  binGet: 0x68,
  longBinGet: 0x6a,
  stackGlobal: 0x93,
  newObj: 0x81,
  build: 0x62,
} as const;

/** Writes pickle opcodes into a buffer that doubles. */
export class PickleWriter {
  #bytes: Uint8Array = new Uint8Array(65536);
  #view: DataView = new DataView(this.#bytes.buffer);
  #length = 0;
  #memoSize = 0;

  op(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = code;
  }

  /** An opcode with an argument of one byte. */
  op1(code: number, argument: number): void {
    this.#reserve(2);
    this.#bytes[this.#length++] = code;
    this.#bytes[this.#length++] = argument;
  }

  /** Any integer up to 2^53 − 1, in the fewest bytes. */
  integer(value: number): void {
    if (value >= 0 && value <= 0xff) this.op1(opcode.binInt1, value);
    else if (value >= 0 && value <= 0xffff) {
      this.op(opcode.binInt2);
      this.#reserve(2);
      this.#view.setUint16(this.#length, value, true);
      this.#length += 2;
    } else if (value === (value | 0)) {
      this.op(opcode.binInt);
      this.#uint32(value);
    } else {
      this.#long(BigInt(value));
    }
  }

  float(value: number): void {
    this.op(opcode.binFloat);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, false);
    this.#length += 8;
  }

  string(text: string): void {
    const bytes = encodeWtf8(text);
    if (bytes.length <= 0xff) this.op1(opcode.shortBinUnicode, bytes.length);
    else {
      this.op(opcode.binUnicode);
      this.#uint32(bytes.length);
    }
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Names the value on top of the stack. @returns its number for {@link get}. */
  memoize(): number {
    this.op(opcode.memoize);
    return this.#memoSize++;
  }

  /** Pushes the value of that number. */
  get(index: number): void {
    if (index <= 0xff) this.op1(opcode.binGet, index);
    else {
      this.op(opcode.longBinGet);
      this.#uint32(index);
    }
  }

  /** A class of the module tracemalloc, built without arguments. */
  newObject(name: string): void {
    this.string('tracemalloc');
    this.string(name);
    this.op(opcode.stackGlobal);
    this.op(opcode.emptyTuple);
    this.op(opcode.newObj);
  }

  /** Ends a tuple whose items were written; one of more than 3 needs its mark before them. */
  endTuple(length: number): void {
    const short = [opcode.emptyTuple, opcode.tuple1, opcode.tuple2, opcode.tuple3];
    this.op(short[length] ?? opcode.tuple);
  }

  finish(): Uint8Array {
    this.op(opcode.stop);
    return this.#bytes.slice(0, this.#length);
  }

  /** Two's complement, least byte first. */
  #long(value: bigint): void {
    let length = 1;
    while (BigInt.asIntN(length * 8, value) !== value) length++;
    this.op1(opcode.long1, length);
    for (let byte = 0; byte < length; byte++) {
      this.op(Number((value >> BigInt(byte * 8)) & 0xffn));
    }
  }

  #uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
