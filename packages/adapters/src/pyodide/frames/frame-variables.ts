import type { Address, Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { HeapApi } from '../objects/heap-api.ts';
import type { KeyText } from '../objects/key-text.ts';

/** Told of each variable of a frame: the object in it, and its name. */
type VariableVisit = (object: Address, name: string) => void;

/** The two lowest bits of a variable are none of an address. */
const tag = 3;
/** `frame->owner` of frames that are no Python code: entries of the interpreter. */
const firstOwnerWithoutCode = 3;
const depthLimit = 1_000_000;
/** Where a generator has its frame, and a frame object the address of its own: within so many bytes. */
const within = { from: 8, to: 96 } as const;

/** Frames of CPython's interpreter, as their variables. A frame is known by its address. */
export class FrameVariables {
  readonly #memory: Memory;
  readonly #layout: Layout;
  readonly #api: HeapApi;
  readonly #texts: KeyText;

  constructor(memory: Memory, layout: Layout, texts: KeyText) {
    this.#memory = memory;
    this.#layout = layout;
    this.#api = memory.module as HeapApi;
    this.#texts = texts;
  }

  /** Those that run, the newest first, with the qualified names of their functions. */
  running(): [frame: Address, name: string][] {
    const memory = this.#memory;
    const { previous, owner } = this.#layout.frame;
    const found: [Address, string][] = [];
    const thread = memory.module.__PyThreadState_GetCurrent();
    let frame = memory.word(thread + this.#layout.currentFrame);
    for (let i = 0; frame !== 0 && i < depthLimit; frame = memory.word(frame + previous), i++) {
      const code = this.#codeOf(frame);
      if (memory.u8[frame + owner]! >= firstOwnerWithoutCode || code === 0) continue;
      found.push([frame, this.#texts.nameOf(memory.word(code + this.#layout.code.qualname))]);
    }
    return found;
  }

  /** The frame of a generator, which lies in it, or of a frame object; 0 where it has ended. */
  frameOf(object: Address, isFrameObject: boolean): Address {
    for (let offset = within.from; offset < within.to; offset += 4) {
      const frame = isFrameObject ? this.#memory.word(object + offset) >>> 0 : object + offset;
      if (this.#codeOf(frame) !== 0) return frame;
    }
    return 0;
  }

  /** Its variables, arguments and cells. What they say may be of before where the frame has ended. */
  visit(frame: Address, visit: VariableVisit): void {
    const memory = this.#memory;
    const code = this.#codeOf(frame);
    if (code === 0) return;
    const names = memory.word(code + this.#layout.code.variableNames);
    const length = this.#api._PyTuple_Size(names);
    for (let i = 0; i < length; i++) {
      const word = memory.word(frame + this.#layout.frame.variables + 4 * i);
      // All bits of the tag: a number that is no object.
      if (word === 0 || (word & tag) === tag) continue;
      visit((word & ~tag) >>> 0, this.#texts.nameOf(this.#api._PyTuple_GetItem(names, i)));
    }
  }

  /** Names of the variables that a function has of those around it, in the order of its cells. */
  freeVariables(code: Address, cells: number): string[] {
    const names = this.#memory.word(code + this.#layout.code.variableNames);
    const first = this.#api._PyTuple_Size(names) - cells;
    return Array.from({ length: cells }, (_, i) =>
      this.#texts.nameOf(this.#api._PyTuple_GetItem(names, first + i)),
    );
  }

  #codeOf(frame: Address): Address {
    const memory = this.#memory;
    const code = memory.word(frame + this.#layout.frame.executable) & ~tag;
    const isCode = memory.word(code + this.#layout.objectType) === memory.module._PyCode_Type;
    return isCode ? code : 0;
  }
}
