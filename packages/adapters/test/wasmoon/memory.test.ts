import { expect, test } from 'vitest';
import { run, tracedLua } from './lua.ts';

test('the memory limit of wasmoon holds, and its count stays right', async () => {
  const { lua, tracer, adapter } = await tracedLua({}, { traceAllocations: true });
  tracer.start();
  const limit = lua.global.getMemoryUsed() + 200_000;
  lua.global.setMemoryMax(limit);
  expect(() => run(lua, 'local t = {} for i = 1, 1e6 do t[i] = {} end')).toThrow(
    /not enough memory/,
  );
  lua.global.setMemoryMax(undefined);
  run(lua, 'collectgarbage()');
  expect(lua.global.getMemoryUsed()).toBeLessThan(limit);
  adapter.detach();
  run(lua, 'collectgarbage() kept = {}');
  const used = lua.global.getMemoryUsed();
  const count = Number(lua.doStringSync('return collectgarbage("count") * 1024'));
  expect(Math.abs(used - count)).toBeLessThan(2048);
  lua.global.close();
});
