import { CheckedStack, CheckedTracer } from '@tracemalloc/adapters/callbacks';
import { expect, test } from 'vitest';

/** main resumed outer, which resumed inner, which runs. */
function nested() {
  const tracer = new CheckedTracer();
  const stack = new CheckedStack(tracer);
  tracer.start(9);
  const at = (line: number) => tracer.frame(tracer.string('m'), line);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  let id = 0;
  const now = (): string => {
    tracer.alloc(heap, id++, 1, stack.traceback());
    return tracer
      .getTraceback(0, id - 1)!
      .frames.map((frame) => frame.lineno)
      .join(' > ');
  };
  stack.enter(at(1));
  const [outer, inner] = [stack.context(), stack.context()];
  stack.switchTo(outer, 0);
  stack.enter(at(20));
  stack.switchTo(inner, outer);
  stack.enter(at(30));
  return { stack, now, outer, inner };
}

test('a generator that is resumed again, while it waits, would lose its caller', () => {
  const { stack, now } = nested();
  expect(() => stack.switchTo(1, 2)).toThrow(
    'switchTo(1, 2): context 0, which resumed 1, would be lost: leave resumedBy out, or say leaveContext()',
  );
  expect(() => stack.switchTo(1, null)).toThrow('context 0, which resumed 1, would be lost');
  stack.switchTo(1, 0);
  expect(now()).toBe('1 > 20');
});

test('nobody can be gone back to where nobody waits', () => {
  const { stack } = nested();
  stack.leaveContext();
  stack.leaveContext();
  expect(() => stack.leaveContext()).toThrow(
    'leaveContext(): nobody resumed context 0, which runs',
  );
});

test('a generator that waits is not over', () => {
  const { stack, now, inner, outer } = nested();
  expect(() => stack.drop(outer)).toThrow(
    'drop(1): the context waits for what it resumed: leave context 2 first',
  );
  stack.drop(inner);
  stack.drop(outer);
  expect(now()).toBe('1');
});

test('what a scheduler does is no mistake: chains are left as a whole, and resumed by others', () => {
  const { stack, now, inner, outer } = nested();
  stack.switchTo(0);
  stack.switchTo(outer, 0);
  stack.switchTo(inner);
  expect(now()).toBe('1 > 20 > 30');
  stack.switchTo(0);
  const other = stack.context();
  stack.switchTo(other, null);
  stack.switchTo(inner, other);
  expect(now()).toBe('30');
  stack.leaveContext();
  stack.drop(other);
  expect(now()).toBe('1');
});
