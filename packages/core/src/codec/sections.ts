import type { MemoryBudget } from './budget.ts';
import { badBytes, corrupt } from './corrupt.ts';
import { crc32 } from './crc32.ts';
import { magic, prologueBytes, sectionHeadBytes, supportedVersions } from './schema.ts';

// After the magic and the version, a file is a row of sections, each one msgpack value of fixed
// form: array of 3 [tag: fixint, crc: uint 32, body: bin 32]. A reader that knows no more than
// that can skip what it does not know and check what it does.

/** Magic and version. */
export function prologue(version: number): Uint8Array {
  const bytes = new Uint8Array(prologueBytes);
  bytes.set(magic);
  bytes[magic.length] = version;
  return bytes;
}

export function section(tag: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(sectionHeadBytes + body.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x93;
  bytes[1] = tag;
  bytes[2] = 0xce;
  bytes[7] = 0xc6;
  view.setUint32(8, body.length);
  bytes.set(body, sectionHeadBytes);
  view.setUint32(3, sectionCrc(bytes, 0, bytes.length));
  return bytes;
}

/** The checksum covers the tag and the body. */
function sectionCrc(bytes: Uint8Array, start: number, end: number): number {
  const tag = crc32(bytes, start + 1, start + 2);
  return crc32(bytes, start + sectionHeadBytes, end, tag);
}

export type Section = {
  readonly tag: number;
  readonly body: Uint8Array;
  /** Of the body, in the file. */
  readonly offset: number;
};

/** Whether `bytes` begin as a snapshot file does, as far as they go. */
export function beginsWithMagic(bytes: Uint8Array): boolean {
  for (let index = 0; index < Math.min(bytes.length, magic.length); index++) {
    if (bytes[index] !== magic[index]) return false;
  }
  return true;
}

/** Cuts a file that arrives in pieces into sections. Holds one unfinished section. */
export class SectionParser {
  #bytes: Uint8Array = new Uint8Array(0);
  /** The unread part of `#bytes`. */
  #start = 0;
  #end = 0;
  /** Of `#bytes[0]`, in the file. */
  #base = 0;
  /** Of the format; 0 until it is read. */
  #version = 0;
  /** Whether `#bytes` was made here, so that it may be written to. */
  #owned = false;

  readonly #budget: MemoryBudget;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** Bytes seen, read or not. */
  get received(): number {
    return this.#base + this.#end;
  }

  /** Of the format, once a section was read. */
  get version(): number {
    return this.#version;
  }

  /** Offset of the next section in the file. */
  get offset(): number {
    return this.#base + this.#start;
  }

  /** Takes the next piece; it must not change until {@link next} has returned `null`. */
  push(piece: Uint8Array): void {
    const left = this.#end - this.#start;
    this.#base += this.#start;
    if (left === 0) {
      this.#bytes = piece;
      this.#owned = false;
      this.#start = 0;
      this.#end = piece.length;
      return;
    }
    const needed = left + piece.length;
    const fits = this.#owned && this.#start === 0 && needed <= this.#bytes.length;
    const bytes = fits ? this.#bytes : this.#grow(Math.max(needed, left * 2));
    bytes.set(piece, left);
    this.#bytes = bytes;
    this.#owned = true;
    this.#start = 0;
    this.#end = needed;
  }

  /** A larger buffer that begins with what is unread. */
  #grow(length: number): Uint8Array {
    const old = this.#owned ? this.#bytes.length : 0;
    if (length > old) this.#budget.take(length - old, 'a section', this.offset);
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    return bytes;
  }

  /** The next whole section, whose body is a view; `null` when more bytes are needed. */
  next(): Section | null {
    if (this.#version === 0 && !this.#readPrologue()) return null;
    const bytes = this.#bytes;
    const at = this.#start;
    const left = this.#end - at;
    this.#checkHead(Math.min(left, 8));
    if (left < sectionHeadBytes) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, sectionHeadBytes);
    const end = at + sectionHeadBytes + view.getUint32(8);
    if (end > this.#end) return null;
    const tag = bytes[at + 1]!;
    if (sectionCrc(bytes, at, end) !== view.getUint32(3)) {
      throw corrupt(`checksum of section ${tag} differs`, this.#base + at);
    }
    const offset = this.#base + at + sectionHeadBytes;
    this.#start = end;
    return { tag, body: bytes.subarray(at + sectionHeadBytes, end), offset };
  }

  /** What is left after the last section. @throws TracemallocError when there is anything. */
  finish(ended: boolean): void {
    const left = this.#end - this.#start;
    if (ended && left === 0) return;
    if (ended) {
      throw badBytes('trailing-data', `${left} bytes after the end of the snapshot`, this.offset);
    }
    const where =
      this.#version > 0 ? `after the section at byte ${this.offset}` : 'inside its magic';
    throw badBytes('truncated', `truncated snapshot: the file ends ${where}`, this.received);
  }

  #readPrologue(): boolean {
    const bytes = this.#bytes.subarray(this.#start, this.#end);
    if (!beginsWithMagic(bytes)) throw wrongMagic(bytes);
    if (bytes.length < prologueBytes) return false;
    const found = bytes[magic.length]!;
    if (!supportedVersions.includes(found)) {
      const list = supportedVersions.join(', ');
      const what = `snapshot format version ${found} is not supported: this library reads ${list}`;
      const details = { found, supported: supportedVersions };
      throw badBytes('unsupported-version', what, magic.length, details);
    }
    this.#start += prologueBytes;
    this.#version = found;
    return true;
  }

  /** The fixed bytes of a section's head, as far as they are there. */
  #checkHead(length: number): void {
    for (let index = 0; index < length; index++) {
      const byte = this.#bytes[this.#start + index]!;
      const good =
        index === 1
          ? byte < 0x80
          : (index !== 0 || byte === 0x93) &&
            (index !== 2 || byte === 0xce) &&
            (index !== 7 || byte === 0xc6);
      if (!good) throw corrupt('no section begins here', this.offset + index);
    }
  }
}

function wrongMagic(bytes: Uint8Array): Error {
  const isPickle = bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5;
  const hint = isPickle ? '; it looks like a pickle: use loadPickle' : '';
  return badBytes('bad-magic', `not a tracemalloc snapshot${hint}`, 0);
}
