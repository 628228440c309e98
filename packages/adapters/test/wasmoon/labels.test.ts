import { installLuaModule } from '@tracemalloc/adapters/wasmoon';
import { expect, test } from 'vitest';
import { labelsByLine } from '../labels-by-line.ts';
import { run, tracedLua } from './lua.ts';

/** Where the big strings of a program are from, and their labels. */
async function labelled(source: string): Promise<string[]> {
  const { lua, tracer, adapter } = await tracedLua();
  installLuaModule(lua, adapter);
  tracer.start(5);
  try {
    run(lua, `label = require 'tracemalloc_extra'.label; keep = {}\n${source}`);
    return labelsByLine(tracer, 'app.lua');
  } finally {
    lua.global.close();
  }
}

test('a label holds until its scope is closed, also by an error, and in functions that have it', async () => {
  const lines = await labelled(`do
  local scope <close> = label 'block'
  keep[#keep + 1] = ('a'):rep(5000)
end
keep[#keep + 1] = ('b'):rep(5000)
f = label('function', function(n) return ('c'):rep(n) end)
keep[#keep + 1] = f(5000)
pcall(function() local scope <close> = label 'failing'; error 'x' end)
keep[#keep + 1] = ('d'):rep(5000)`);
  expect(lines).toEqual(['4: block', '6: ', '7: function', '10: ']);
});

test('a coroutine has the label of its maker, else one of its own, and nobody else has its', async () => {
  const lines = await labelled(`local function work(letter)
  return function()
    keep[#keep + 1] = letter:rep(5000)
    local scope <close> = label 'inside'
    coroutine.yield()
    keep[#keep + 1] = letter:rep(5001)
  end
end
local first, second = coroutine.create(work 'a'), nil
do
  local scope <close> = label 'request'
  second = coroutine.wrap(work 'b')
end
coroutine.resume(first)
second()
keep[#keep + 1] = ('c'):rep(5000)
coroutine.resume(first)
second()
keep[#keep + 1] = ('d'):rep(5000)`);
  expect(lines).toEqual([
    '4: request',
    '4: thread=coroutine 1',
    '7: inside',
    '7: inside',
    '17: ',
    '20: ',
  ]);
});

test('of 5000 coroutines a thousand are told apart', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  installLuaModule(lua, adapter);
  tracer.start(1);
  run(lua, 'keep = {} for i = 1, 5000 do coroutine.wrap(function() keep[i % 10] = {} end)() end');
  const { strings } = tracer.takeSnapshot().data;
  lua.global.close();
  const threads = strings.filter((text) => text.startsWith('thread='));
  expect([threads.length, threads.at(-1)]).toEqual([1001, 'thread=(others)']);
});
