import type { FrameRow, Tracer } from '@tracemalloc/core';
import type { JsInterpreter, Node } from '../host.ts';

/** The interpreter's own library in the guest's language: its frames are none of the program's. */
const ownFile = 'polyfills';
/** What code given to `eval` has no file of. */
const evalFile = '<eval>';

/** Reads the frames of the guest from the states of the interpreter. */
export class StackWalk {
  /** Files whose frames are left out, and with them what is allocated there. */
  readonly #excluded = new Set<string>();
  readonly #interpreter: JsInterpreter;
  readonly #tracer: Tracer;
  /** By the place in the program: a place belongs to one function. */
  #rows = new WeakMap<Node, FrameRow>();

  constructor(interpreter: JsInterpreter, tracer: Tracer) {
    this.#interpreter = interpreter;
    this.#tracer = tracer;
  }

  /** Leaves a file out from now on. */
  exclude(file: string): void {
    this.#excluded.add(file);
  }

  /** Whether the code that runs is of a file that is left out. */
  get isLeftOut(): boolean {
    if (this.#excluded.size === 0) return false;
    const { loc } = this.#interpreter.stateStack.at(-1)?.node ?? {};
    return loc !== undefined && this.#excluded.has(loc.source ?? evalFile);
  }

  /**
   * Frames, MOST RECENT FIRST. A state is a call once its function runs: before, its arguments are
   * evaluated. Natives have no node.
   */
  walk(frames: Int32Array, limit: number): number {
    const states = this.#interpreter.stateStack;
    let depth = 0;
    let position = states.at(-1)?.node;
    for (let i = states.length - 2; i >= 0; i--) {
      const { node, doneExec_, func_ } = states[i]!;
      const isCall = i > 0 && doneExec_ === true && func_?.node !== undefined;
      if (!isCall && i > 0) continue;
      const code = isCall ? func_!.node! : node;
      if (position !== undefined && this.#isGuest(position)) {
        if (depth < limit) frames[depth] = this.#rows.get(position) ?? this.#row(position, code);
        depth++;
      }
      position = node;
    }
    return depth;
  }

  #isGuest({ loc }: Node): boolean {
    if (loc === undefined) return false;
    const { source = evalFile } = loc;
    return source !== ownFile && !this.#excluded.has(source);
  }

  #row(position: Node, { type, id }: Node): FrameRow {
    const { start, source = evalFile } = position.loc!;
    const name = type === 'Program' ? '<program>' : (id?.name ?? '<anonymous>');
    const tracer = this.#tracer;
    const row = tracer.frame(tracer.string(source), start.line, tracer.string(name));
    this.#rows.set(position, row);
    return row;
  }
}
