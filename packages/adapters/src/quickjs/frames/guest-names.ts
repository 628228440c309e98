import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';

/** An atom with this bit is a number. */
const numberBit = 0x80000000;
/** A string with this bit has two bytes a letter. */
const wideBit = 0x80000000;
/** Names longer than this are none: memory was read wrong. */
const lengthLimit = 1 << 16;

/** Texts of the guest's atoms: names of functions, files and classes. */
export class GuestNames {
  readonly #memory: MemoryViews;
  readonly #layout: Layout;
  readonly #runtime: Address;

  constructor(memory: MemoryViews, layout: Layout, runtime: Address) {
    this.#memory = memory;
    this.#layout = layout;
    this.#runtime = runtime;
  }

  /** @throws RangeError for what is no text. */
  textOf(atom: number): string {
    if (atom >= numberBit) return String(atom - numberBit);
    const memory = this.#memory;
    const { runtime, string } = this.#layout;
    const at = memory.word(memory.word(this.#runtime + runtime.atoms) + 4 * atom);
    const lengthWord = memory.word(at + string.length);
    const isWide = lengthWord >= wideBit;
    const length = (lengthWord % wideBit) * (isWide ? 2 : 1);
    const start = at + string.text;
    if (length > lengthLimit || start + length > memory.u8.length) {
      throw new RangeError(`atom ${atom} of the guest has ${length} bytes`);
    }
    const bytes = memory.u8.slice(start, start + length);
    return new TextDecoder(isWide ? 'utf-16le' : 'latin1').decode(bytes);
  }
}
