import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address, MicroPythonExports } from '../host.ts';

/** `qstr_data(number, &length)`: where the text of an interned string is. */
export type StringData = (string: number, length: Address) => Address;

/** Names longer than this are none: memory was read wrong. */
const lengthLimit = 1 << 16;

/** Texts of the guest's interned strings. */
export class GuestNames {
  readonly #exports: MicroPythonExports;
  readonly #memory: MemoryViews;
  readonly #stringData: StringData;
  readonly #length: Address;
  readonly #decoder = new TextDecoder();

  constructor(exports: MicroPythonExports, memory: MemoryViews, stringData: StringData) {
    this.#exports = exports;
    this.#memory = memory;
    this.#stringData = stringData;
    // Of the C heap: nothing of the guest's notices.
    this.#length = exports.malloc(4) >>> 0;
  }

  /** @throws RangeError for what is no text. */
  textOf(string: number): string {
    const memory = this.#memory;
    const at = this.#stringData(string, this.#length) >>> 0;
    memory.refresh();
    const length = memory.word(this.#length);
    if (length > lengthLimit || at + length > memory.u8.length) {
      throw new RangeError(`string ${string} of the guest has ${length} bytes`);
    }
    return this.#decoder.decode(memory.u8.slice(at, at + length));
  }

  /** Gives back what it took of the guest's memory. */
  dispose(): void {
    this.#exports.free(this.#length);
  }
}
