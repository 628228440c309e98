import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { file, openShop, source } from '../../examples/js-interpreter/main.ts';

function check(program: string) {
  const { tracer, serve } = openShop(program);
  const getLine = (name: string, line: number): string =>
    name === file ? (program.split('\n')[line - 1] ?? '') : '';
  // The interpreter keeps all code that was appended, and its values with it.
  const ignore = ({ frames }: { frames: readonly { filename: string }[] }) =>
    frames[0]?.filename !== file;
  return traced(tracer, serve, { getLine, ignore });
}

test('the shop leaks its orders, and the check says which line made them', () => {
  expect(() => expect(check(source)).toLeakNothing()).toThrow('var order = new Order(number);');
});

test('orders that are taken out again leak nothing', () => {
  const fixed = source.replace(
    'return order.lines.length',
    'delete orders[number]; return order.lines.length',
  );
  expect(fixed).not.toBe(source);
  expect(check(fixed)).toLeakNothing();
});
