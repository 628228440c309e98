// A game's scripts in Lua, whose state lives on between frames.
import { attachWasmoon } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { LuaFactory } from 'wasmoon';

export async function game(source) {
  const lua = await new LuaFactory().createEngine({ enableProxy: false });
  const tracer = new Tracer();
  const adapter = attachWasmoon(lua, tracer);
  const run = (text) => {
    const thread = lua.global.newThread();
    thread.loadString(text, '@game.lua');
    thread.runSync();
    lua.global.pop();
    adapter.settle();
  };
  run(source);
  return { lua, tracer, adapter, run };
}

export const scripts = `
entities = {}
function frame(n)
  local scratch = {}
  for i = 1, n do scratch[i] = { x = i, y = i } end
  return #scratch
end
function spawn() entities[#entities + 1] = { name = 'goblin ' .. #entities } end
`;
