/** What is known now, or later. */
export type Awaitable<T> = T | PromiseLike<T>;

export function isPromise<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** `next(value)`, at once if the value is there: what is synchronous stays so. */
export function after<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Calls `step` so many times, one after the other. */
export function repeat(count: number, step: () => Awaitable<unknown>): Awaitable<void> {
  for (let i = 0; i < count; i++) {
    const result = step();
    if (isPromise(result)) return result.then(() => repeat(count - i - 1, step));
  }
}

/** Calls `cleanUp` when `work` is over, also when it throws. */
export function ensure<T>(work: () => Awaitable<T>, cleanUp: () => void): Awaitable<T> {
  let isLater = false;
  try {
    const result = work();
    isLater = isPromise(result);
    return isPromise(result) ? Promise.resolve(result).finally(cleanUp) : result;
  } finally {
    if (!isLater) cleanUp();
  }
}
