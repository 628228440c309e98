import type { MemoryExcess } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { run, tracedLua } from './lua.ts';

const limit = 2 ** 20;

async function limited() {
  const { lua, tracer } = await tracedLua();
  const excesses: MemoryExcess[] = [];
  tracer.start(5);
  tracer.setLimit(limit, (excess) => excesses.push(excess));
  return { lua, tracer, excesses };
}

test.each([
  ['tables', 'local t = {} while true do t[#t + 1] = {} end'],
  ['one table', 'local t = {} while true do t[#t + 1] = 1 end'],
  ['strings', 'local t = {} while true do t[#t + 1] = ("x"):rep(50) .. #t end'],
  ['a string that doubles', 'local s = "x" while true do s = s .. s end'],
  ['closures', 'local t = {} while true do t[#t + 1] = function() return t end end'],
  ['coroutines', 'local t = {} while true do t[#t + 1] = coroutine.create(print) end'],
  ['recursion', 'local function f(...) return 1 + f({}, ...) end f()'],
  ['a giant string', 'return ("x"):rep(1e9)'],
  ['a giant table', 'return table.pack(table.unpack({}, 1, 1e6))'],
])('%s end in Lua’s own error, and the state goes on', async (_, program) => {
  const { lua, tracer } = await limited();
  const ok = run(
    lua,
    `local ok, why = pcall(function() ${program} end) return tostring(ok) .. ' ' .. tostring(why)`,
  );
  expect(ok).toMatch(/^false .*(not enough memory|stack overflow|too many results)/);
  expect(tracer.getTracedMemory().peak).toBeLessThan(limit * 1.1);
  expect(run(lua, 'collectgarbage() local t = {} for i = 1, 100 do t[i] = i end return #t')).toBe(
    100,
  );
});

test('the refused line is known, and garbage is no reason', async () => {
  const { lua, tracer, excesses } = await limited();
  run(lua, 'for i = 1, 20000 do local t = { i, i, i, i } end', 'garbage.lua');
  expect(excesses).toEqual([]);
  expect(() => run(lua, 'local t = {}\nwhile true do\n  t[#t + 1] = {}\nend', 'app.lua')).toThrow(
    'not enough memory',
  );
  const { traceback, lines } = excesses.at(-1)!;
  expect(String(tracer.tracebackAt(traceback).at(-1))).toBe('app.lua:3');
  expect(lines[0]).toMatchObject({ filename: 'app.lua', lineno: 3 });
});
