import type { Heap } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';
import { traced } from '../src/index.ts';
import { Toy } from './toy.ts';

/** A guest that keeps its orders in a cache, but for those that it forgets. */
class Shop {
  readonly toy = new Toy();
  readonly cache = new Map<string, number>();
  readonly heap: Heap<unknown> = {
    roots: (root) => root(this.cache, 'module', 'shop'),
    describe: (object) =>
      object === this.cache
        ? { type: 'dict', size: 0 }
        : { type: 'Order', size: 100, block: object as number },
    held: (object, edge) => {
      if (object !== this.cache) return;
      for (const [key, order] of this.cache) edge(order, 'key', `'${key}'`);
    },
  };

  serve(...pages: string[]): void {
    for (const page of pages) this.cache.set(page, this.toy.alloc(7, 100, 'shop.Order'));
  }

  forget(page: string): void {
    this.toy.free(this.cache.get(page)!);
    this.cache.delete(page);
  }
}

function messageOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

test('work that forgets its objects leaves no instances', () => {
  const shop = new Shop();
  const work = () => {
    shop.serve('/a');
    shop.forget('/a');
  };
  expect(traced(shop.toy.tracer, work, { heap: shop.heap })).toLeaveNoInstances('Order');
});

test('instances that are left fail with who holds them', () => {
  const shop = new Shop();
  const { tracer, getLine } = shop.toy;
  const run = traced(tracer, () => shop.serve('/a', '/b'), { heap: shop.heap, getLine });
  expect(messageOf(() => expect(run).toLeaveNoInstances('Order'))).toBe(
    `The work left 200 B of Order.
  2 held by module shop → dict[…]
    Order born at load.toy:7
      new_block(7)`,
  );
  expect(run).not.toLeaveNoInstances('shop.*');
  expect(run).toLeaveNoInstances('Customer');
});

test('what was there before is no leak, and without a heap the message says how to see holders', () => {
  const shop = new Shop();
  shop.toy.tracer.start();
  shop.serve('/old');
  const idle = traced(shop.toy.tracer, () => {
    shop.serve('/new');
    shop.forget('/new');
  });
  expect(idle).toLeaveNoInstances('Order');
  const run = traced(shop.toy.tracer, () => shop.serve('/c'));
  expect(messageOf(() => expect(run).toLeaveNoInstances('Order'))).toMatch(
    /left 100 B of Order\.\nWho holds them: traced\(tracer, work, \{ heap: adapter\.heap \}\)$/,
  );
  expect(() => expect(run).toLeaveNoInstances('')).toThrow('type must be the name of a type');
});
