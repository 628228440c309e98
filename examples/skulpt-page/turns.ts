import type { Skulpt } from './skulpt.ts';

/**
 * Lets the page have a turn every so many milliseconds while Python runs.
 *
 * That is what Skulpt's option `yieldLimit` is for; but in Skulpt 1.2.0 a function that is resumed goes
 * on where it called, and looks at the clock once before it looks at what the call gave: if it gives way
 * there, the call's result is lost, be it a value, a module or a call that waits itself. So each resumed call tells
 * when it comes back, and the look at the clock that follows does not count.
 */
export class Turns {
  readonly #Sk: Skulpt;
  #began = 0;
  /** Whether the next look at the clock does not count. */
  #isComingBack = false;

  constructor(Sk: Skulpt, milliseconds: number) {
    this.#Sk = Sk;
    this.#watchResumed();
    // The compiler's code compares the time since Skulpt's last turn with this.
    Object.defineProperty(Sk, 'yieldLimit', {
      get: () => {
        const isOver = Date.now() - this.#began > milliseconds && !this.#isComingBack;
        this.#isComingBack = isOver;
        // What a native function called can't give way, and is resumed at once.
        if (isOver) this.#began = Date.now();
        return isOver ? -1 : Number.POSITIVE_INFINITY;
      },
    });
  }

  /** Python runs from here on: `yieldLimit` and `execLimit` count from now. */
  begin(): void {
    this.#began = Date.now();
    this.#Sk.execStart = this.#began;
  }

  /** All code that can wait, compiled or Skulpt's own, leaves what it does next as `resume` of a suspension. */
  #watchResumed(): void {
    const resumes = new WeakMap<object, () => unknown>();
    const comesBack = (): void => {
      this.#isComingBack = true;
    };
    Object.defineProperty(this.#Sk.misceval.Suspension.prototype, 'resume', {
      get(this: object) {
        return resumes.get(this);
      },
      set(this: object, resume: () => unknown) {
        resumes.set(this, () => {
          const result = resume();
          comesBack();
          return result;
        });
      },
    });
  }
}
