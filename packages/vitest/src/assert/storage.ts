import { builtin } from './builtin.ts';

/** A value that code finds which runs because of `work`. */
export type Storage<T> = {
  run<Result>(value: T, work: () => Result): Result;
  getStore(): T | undefined;
  /** Whether it is found after an `await`, too. */
  readonly followsPromises: boolean;
};

type AsyncHooks = { readonly AsyncLocalStorage: new () => Omit<Storage<never>, 'followsPromises'> };

/** Node's, Bun's and Deno's `AsyncLocalStorage`; in a browser, which has none, one for plain calls. */
export function storage<T>(): Storage<T> {
  const hooks = builtin<AsyncHooks>('node:async_hooks');
  if (hooks === null) return callStorage();
  const local = new hooks.AsyncLocalStorage() as unknown as Storage<T>;
  return {
    run: (value, work) => local.run(value, work),
    getStore: () => local.getStore(),
    followsPromises: true,
  };
}

function callStorage<T>(): Storage<T> {
  let current: T | undefined;
  return {
    run(value, work) {
      const before = current;
      current = value;
      try {
        return work();
      } finally {
        current = before;
      }
    },
    getStore: () => current,
    followsPromises: false,
  };
}
