/**
 * Where QuickJS keeps what is read of it, in bytes from the start of each struct. Nothing of it is public: it holds for the release builds of quickjs-emscripten 0.32, whose
 * QuickJS is of 2025-09-13, and is used only after the self-test found that what is read so is what the guest says itself.
 */
export type Layout = {
  /** `JSRuntime`: malloc, free and realloc are the first three words, as indices of the table. */
  readonly runtime: {
    readonly mallocCount: number;
    readonly atoms: number;
    readonly classCount: number;
    readonly classes: number;
    readonly threshold: number;
    readonly frame: number;
  };
  /** `JSStackFrame` */
  readonly frame: { readonly previous: number; readonly function: number; readonly pc: number };
  /** `JSAsyncFunctionState`, which has the frame of a generator or an asynchronous function. */
  readonly asyncState: { readonly frame: number };
  /** `JSObject` */
  readonly object: {
    readonly kind: number;
    readonly link: number;
    readonly class: number;
    readonly bytecode: number;
    readonly size: number;
  };
  /** `JSFunctionBytecode` */
  readonly bytecode: {
    readonly code: number;
    readonly length: number;
    readonly name: number;
    readonly file: number;
    readonly linesLength: number;
    readonly lines: number;
  };
  /** `JSClass` */
  readonly class: { readonly name: number; readonly size: number };
  /** `JSString` */
  readonly string: { readonly length: number; readonly text: number };
};

export const usualLayout: Layout = {
  runtime: { mallocCount: 16, atoms: 56, classCount: 64, classes: 68, threshold: 108, frame: 148 },
  frame: { previous: 0, function: 8, pc: 28 },
  asyncState: { frame: 56 },
  object: { kind: 4, link: 8, class: 6, bytecode: 32, size: 48 },
  bytecode: { code: 20, length: 24, name: 28, file: 68, linesLength: 76, lines: 80 },
  class: { name: 4, size: 24 },
  string: { length: 4, text: 16 },
};
