import { expect, test } from 'vitest';
import { liveByLine, run, tracedLua } from './lua.ts';

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

test('a limit that is below what is used keeps nothing from shrinking', async () => {
  const { lua, tracer } = await tracedLua({}, { traceAllocations: true });
  tracer.start();
  const used: number[] = [];
  lua.global.set('limit', (bytes: number | undefined) => {
    used.push(lua.global.getMemoryUsed());
    lua.global.setMemoryMax(bytes);
  });
  run(
    lua,
    `local function deep(n) return n == 0 and 0 or 1 + deep(n - 1) end
runner = coroutine.create(function() deep(20000) coroutine.yield() end)
coroutine.resume(runner)
limit(100000)
collectgarbage()
limit(nil)`,
  );
  expect(used[0]! - used[1]!).toBeGreaterThan(500_000);
  lua.global.close();
});

test('code that came while nothing was traced is not taken for what lay there before', async () => {
  const { lua, tracer } = await tracedLua();
  const places: string[] = [];
  lua.global.set('start', () => tracer.start());
  lua.global.set('stop', () => {
    const found = Object.keys(liveByLine(tracer.takeSnapshot()));
    places.push(...found.filter((key) => /table/.test(key)));
    tracer.stop();
  });
  run(
    lua,
    `for _, name in ipairs { 'one', 'two', 'six', 'ten' } do
  local made = load('local t = {} ' .. ('t[1] = 1 '):rep(300) .. 'return t', '@' .. name .. '.lua')
  start()
  kept = made()
  stop()
  made, kept = nil, nil
  collectgarbage()
  collectgarbage()
end`,
  );
  expect(places).toEqual([
    'one.lua:1 table',
    'two.lua:1 table',
    'six.lua:1 table',
    'ten.lua:1 table',
  ]);
  lua.global.close();
});
