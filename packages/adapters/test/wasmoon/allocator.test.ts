import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import type { StackWalk } from '../../src/wasmoon/frames/stack-walk.ts';
import type { LuaModule } from '../../src/wasmoon/host.ts';
import { Allocator, type MemoryStats } from '../../src/wasmoon/objects/allocator.ts';
import { run, tableStacks, tracedLua } from './lua.ts';

/** A heap that gives each block that grows a new place, as malloc may; and what the walk was told. */
function allocating(stats: MemoryStats | null): {
  reallocate: (block: number, oldSize: number, newSize: number) => number;
  forgotten: number[];
} {
  const tracer = new Tracer();
  const forgotten: number[] = [];
  let next = 16;
  const sizes = new Map<number, number>();
  const module = {
    _realloc(block: number, size: number) {
      const moved = size <= (sizes.get(block) ?? -1) ? block : 16 * next++;
      sizes.set(moved, size);
      return moved;
    },
    _free: (block: number) => sizes.delete(block),
  } as unknown as LuaModule;
  const walk = { forget: (block: number) => void forgotten.push(block) } as unknown as StackWalk;
  const domain = tracer.domain({ name: 'lua', ids: 'address' });
  const context = { tracer, module, domain, walk, lines: null, stats };
  const allocate = new Allocator(context).makeFunction();
  return {
    reallocate: (block, oldSize, newSize) => allocate(0, block, oldSize, newSize),
    forgotten,
  };
}

test('a limit refuses what would grow beyond it, and nothing that shrinks', () => {
  const stats: MemoryStats = { memoryUsed: 0 };
  const { reallocate } = allocating(stats);
  const block = reallocate(0, 0, 1000);
  stats.memoryMax = 500;
  expect([
    [reallocate(0, 0, 100), stats.memoryUsed],
    [reallocate(block, 1000, 1100), stats.memoryUsed],
    [reallocate(block, 1000, 800), stats.memoryUsed],
    [reallocate(block, 800, 300), stats.memoryUsed],
    [reallocate(block, 300, 501), stats.memoryUsed],
    [reallocate(block, 300, 300), stats.memoryUsed],
    [reallocate(block, 300, 0), stats.memoryUsed],
  ]).toEqual([
    [0, 1000],
    [0, 1000],
    [block, 800],
    [block, 300],
    [0, 300],
    [block, 300],
    [0, 0],
  ]);
});

test('a limit of 0 is none', () => {
  const stats: MemoryStats = { memoryUsed: 0, memoryMax: 0 };
  expect(allocating(stats).reallocate(0, 0, 1000)).not.toBe(0);
  expect(stats).toEqual({ memoryUsed: 1000, memoryMax: 0 });
});

test('frames at an address are forgotten when its block moves or is freed, not when it stays', () => {
  const { reallocate, forgotten } = allocating(null);
  const first = reallocate(0, 0, 100);
  expect(reallocate(first, 100, 50)).toBe(first);
  expect(forgotten).toEqual([]);
  const moved = reallocate(first, 50, 200);
  expect(forgotten).toEqual([first]);
  reallocate(moved, 200, 0);
  expect(forgotten).toEqual([first, moved]);
});

test('functions that took the place of others while the tracer was off are not taken for them', async () => {
  const { lua, tracer } = await tracedLua();
  lua.global.set('start', () => tracer.start(1));
  const stacks: string[] = [];
  lua.global.set('stop', () => {
    stacks.push(...tableStacks(tracer.takeSnapshot()));
    tracer.stop();
  });
  run(
    lua,
    `local functions, kept = {}, {}
for i = 1, 20 do functions[i], kept[i] = false, false end
for round = 1, 6 do
  for i = 1, 20 do functions[i] = load('return {}', '@' .. round .. '.lua') end
  start()
  for i = 1, 20 do kept[i] = functions[i]() end
  stop()
  for i = 1, 20 do functions[i] = false end
  collectgarbage()
end`,
  );
  const expected = Array.from({ length: 6 * 20 }, (_, i) => `${Math.floor(i / 20) + 1}.lua:1`);
  expect(stacks).toEqual(expected);
  lua.global.close();
});

test('a block that was not recorded is freed without a word', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start();
  const freed = new Set<number>();
  let twice = 0;
  const none = () => undefined;
  tracer.onEvents({
    alloc: (_, id) => void freed.delete(id),
    realloc: (_, from, to) => {
      freed.add(from);
      freed.delete(to);
    },
    free: (_, id) => {
      if (freed.has(id)) twice++;
      freed.add(id);
    },
    resize: none,
    retag: none,
    freeAll: none,
    gcBegin: none,
    survive: none,
    gcEnd: none,
    countAllocated: none,
    setLabel: none,
    walk: none,
    clear: none,
  });
  for (let i = 0; i < 20; i++) {
    run(lua, 'for i = 1, 100 do local t = { i, {} } end');
    adapter.settle();
    adapter.exclude(() => run(lua, 'for i = 1, 100 do local t = { i, {} } end'));
    adapter.settle();
  }
  expect(twice).toBe(0);
  lua.global.close();
});
