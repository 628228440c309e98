import type { Restorer } from '../../contract/index.ts';
import { isSuspension, type Skulpt } from '../host.ts';
import type { GuestStack } from './guest-stack.ts';

/** Follows the programs of one Skulpt: where they begin, wait, and are given up. */
export function watchPrograms(Sk: Skulpt, stack: GuestStack, restorer: Restorer): void {
  watchStarts(Sk, stack, restorer);
  watchWaits(Sk, stack, restorer);
}

/** `sys.modules` and `sys.path`, which Skulpt makes anew for each program, are none of the program's. */
function watchStarts(Sk: Skulpt, stack: GuestStack, restorer: Restorer): void {
  let isPreparing = false;
  const prepared = (): void => {
    if (!isPreparing) return;
    isPreparing = false;
    stack.paused--;
  };
  restorer.replace(Sk, 'importMainWithBody', (original) => {
    return function (this: unknown, ...args): unknown {
      stack.beginProgram();
      prepared();
      isPreparing = true;
      stack.paused++;
      try {
        return original.apply(this, args);
      } finally {
        prepared();
      }
    };
  });
  restorer.replace(Sk, 'importSetUpPath', (original) => {
    return function (this: unknown, ...args): unknown {
      try {
        return original.apply(this, args);
      } finally {
        prepared();
      }
    };
  });
}

/**
 * Frames that wait hold what their program uses. They are forgotten when they go on, and here when
 * nobody will let them: a run that was cancelled while it waited, code that may not wait.
 */
function watchWaits(Sk: Skulpt, stack: GuestStack, restorer: Restorer): void {
  const { misceval } = Sk;
  restorer.replace(misceval, 'asyncToPromise', (original) => {
    return function (this: unknown, start, ...rest): Promise<unknown> {
      const wait = new Wait();
      const run = original.call(this, () => wait.watch(start()), ...rest);
      return run.finally(() => wait.forget(stack));
    };
  });
  restorer.replace(misceval, 'retryOptionalSuspensionOrThrow', (original) => {
    return function (this: unknown, result, ...rest): unknown {
      if (!isSuspension(result)) return result;
      const wait = new Wait();
      try {
        return original.call(this, wait.watch(result), ...rest);
      } finally {
        wait.forget(stack);
      }
    };
  });
}

/** What one run, or one call that may not wait, waits in. */
class Wait {
  #last: unknown;

  /** Follows a result to what comes of it, if it is a suspension. */
  watch(result: unknown): unknown {
    this.#last = result;
    if (!isSuspension(result)) return result;
    const { resume } = result;
    result.resume = () => this.watch(resume.call(result));
    return result;
  }

  /** It is over. */
  forget(stack: GuestStack): void {
    for (let waiting = this.#last; isSuspension(waiting); waiting = waiting.child) {
      stack.parked.delete(waiting);
    }
  }
}
