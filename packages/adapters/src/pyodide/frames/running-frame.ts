import { webAssembly } from '../../wasm/web-assembly.ts';
import type { Address, Memory } from '../host.ts';
import type { Layout } from '../layout.ts';

/** `frame->owner` of frames that are no Python code: entries of the interpreter. */
export const firstOwnerWithoutCode = 3;

/** Finds the newest frame of the thread state that runs. */
export class RunningFrame {
  readonly #memory: Memory;
  readonly #offset: number;
  /** Where `PyThreadState.current_frame` of the first thread state is. */
  readonly current: Address;
  /** Whether tasks have a thread state each: Pyodide has that where the engine can switch stacks. */
  readonly hasTaskStates: boolean = 'Suspending' in webAssembly;

  constructor(memory: Memory, { currentFrame }: Layout) {
    this.#memory = memory;
    this.#offset = currentFrame;
    this.current = memory.module.__PyThreadState_GetCurrent() + currentFrame;
  }

  /** The frame; 0 where none runs. Hot: asking CPython for the thread state takes some nanoseconds. */
  find(): Address {
    const at = this.hasTaskStates
      ? this.#memory.module.__PyThreadState_GetCurrent() + this.#offset
      : this.current;
    return this.#memory.i32[at >>> 2]!;
  }
}
