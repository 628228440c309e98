import { checkConformance } from '@tracemalloc/adapters/conformance';
import { expect, test } from 'vitest';
import { lispHost } from '../../examples/callbacks/conformance.ts';
import type { Lisp, Observer } from '../../examples/callbacks/lisp/lisp.ts';

// The suite is only worth what it finds: a working adapter, broken in one place each time.

type Spoil = (hooks: Observer, lisp: Lisp) => void;

async function disproved(spoil: Spoil): Promise<string[]> {
  const { findings } = await checkConformance(lispHost(spoil));
  return findings.filter((f) => f.verdict !== f.expected).map(({ property }) => property);
}

test('the adapter as it is passes', async () => {
  expect(await disproved(() => undefined)).toEqual([]);
});

test('a wrong line is caught', async () => {
  const found = await disproved((hooks) => {
    const { line } = hooks;
    hooks.line = (code, number) => line(code, number + 1);
  });
  expect(found).toEqual([
    'blocks counted on their lines',
    'frees',
    'stacks of nested calls',
    'recursion',
    'limit, and the depth beyond it',
    'coroutines',
    'stacks after an exception',
    'stop and start',
    'clear',
    'two interpreters at once',
    'two interpreters on one tracer, detached in either order',
  ]);
});

test('a lost free is caught', async () => {
  const found = await disproved((hooks) => {
    const { free } = hooks;
    let count = 0;
    hooks.free = (address) => {
      if (count++ % 2 === 0) free(address);
    };
  });
  expect(found).toContain('frees');
});

test('an allocation that is counted twice is caught', async () => {
  const found = await disproved((hooks) => {
    const { alloc } = hooks;
    hooks.alloc = (address, size, kind) => {
      alloc(address, size, kind);
      alloc(address, size, kind);
    };
  });
  expect(found).toEqual(['every allocation counted once']);
});

test('a wrong size is caught', async () => {
  const found = await disproved((hooks) => {
    const { alloc } = hooks;
    hooks.alloc = (address, size, kind) => alloc(address, size + 8, kind);
  });
  expect(found).toEqual(['sizes']);
});

test('a hook that detach leaves behind is caught', async () => {
  const found = await disproved((hooks, lisp) => {
    Object.defineProperty(lisp, 'observer', { get: () => hooks, set: () => undefined });
  });
  expect(found).toContain('detach leaves the host as found');
});

test('a return that is not seen, and a coroutine that is not switched to, are caught', async () => {
  const noReturn = await disproved((hooks) => {
    hooks.return = () => undefined;
  });
  expect(noReturn).toEqual(['stacks of nested calls', 'stacks after an exception']);
  const noSwitch = await disproved((hooks) => {
    hooks.switchTo = () => undefined;
  });
  expect(noSwitch).toEqual(['coroutines']);
});

test('an unwinding that is not seen is caught', async () => {
  const found = await disproved((hooks) => {
    hooks.unwind = () => undefined;
  });
  expect(found).toEqual(['stacks after an exception']);
});
