import type { BrythonInternals } from '@tracemalloc/adapters/brython';
import type { Tracer } from '@tracemalloc/core';

/** Bytes that Python may keep in this page, as CPython counts them. A tab has more, but not much. */
const memoryLimit = 32 * 2 ** 20;

/** Errors for memory, in a row and in all, after which a program is ended that goes on through them. */
const mostInARow = 20;
const mostInAll = 200;

/** Characters of output that are shown: a loop that prints could otherwise fill the page's memory. */
const mostShown = 20_000;

/** What handlers ask, and what prints errors, beside what the adapter uses. */
type Brython = BrythonInternals & {
  set_exc: (error: unknown, frame: unknown) => void;
  error_trace(error: unknown): string;
};

/** No handler of the guest's gets to see it. */
class Ended {}

/** Runs programs of a learner's in the page, with a limit on what they may keep, so that the tab outlives them. */
export class Programs {
  readonly #B: Brython;
  readonly #tracer: Tracer;
  readonly #output: Element;
  /** The guest's `sys.stdout`. */
  readonly stream: { write(text: string): void; flush(): void };
  #shown = 0;
  #hasEnded = false;

  constructor($B: BrythonInternals, tracer: Tracer, output: Element) {
    this.#B = $B as Brython;
    this.#tracer = tracer;
    this.#output = output;
    this.stream = { write: (text) => this.write(text), flush: () => undefined };
    this.#limit();
    this.#endUnstoppable();
  }

  /** Called from Python. Shows what the program prints, and how it ends where that is an error. */
  run(source: string): void {
    const $B = this.#B;
    const { frame_obj: caller, builtins } = $B;
    this.#output.textContent = '';
    this.#shown = 0;
    this.#hasEnded = false;
    this.#limit();
    try {
      const scope = $B.$call(builtins['dict']);
      const code = $B.$call(builtins['compile'], source, 'program.py', 'exec');
      $B.$call(builtins['exec'], code, scope);
    } catch (error) {
      this.write(
        error instanceof Ended
          ? 'Ended: it went on through errors for memory without an end.\n'
          : $B.error_trace(error),
      );
    } finally {
      $B.frame_obj = caller;
      this.#hasEnded = false;
    }
  }

  /** For all Python of the page: what a program leaves behind, such as a timer, is limited, too. */
  #limit(): void {
    this.#tracer.setLimit(memoryLimit, ({ refusals, allRefusals }) => {
      if (refusals >= mostInARow || allRefusals >= mostInAll) this.#hasEnded = true;
    });
  }

  /** `except` asks Brython first: from here an exception passes all of them, and ends the program. */
  #endUnstoppable(): void {
    const $B = this.#B;
    const setException = $B.set_exc;
    $B.set_exc = (error, frame) => {
      if (this.#hasEnded) throw new Ended();
      setException(error, frame);
    };
  }

  /** Shows text after what there is. */
  write(text: string): void {
    const room = mostShown - this.#shown;
    this.#shown += text.length;
    if (room > 0) this.#output.append(text.slice(0, room));
  }
}
