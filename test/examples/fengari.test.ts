import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachFengari } from '@tracemalloc/adapters/fengari';
import { Tracer } from '@tracemalloc/core';
import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';

const fengari = createRequire(import.meta.url)('fengari');
const source = readFileSync(new URL('../../examples/fengari/service.lua', import.meta.url), 'utf8');

/** Requests to the service of examples/fengari, in Lua 5.3 in JavaScript. */
function requests(program: string) {
  const { lua, lauxlib, lualib, to_luastring: text } = fengari;
  const L = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(L);
  const tracer = new Tracer();
  attachFengari({ fengari, L }, tracer, { collector: nodeCollector() });
  const call = (results: number): void => {
    if (lua.lua_pcall(L, 0, results, 0) !== 0) throw new Error(lua.lua_tojsstring(L, -1));
  };
  lauxlib.luaL_loadbuffer(L, text(program), null, text('@service.lua'));
  call(1);
  lua.lua_setglobal(L, text('service'));
  lauxlib.luaL_loadstring(L, text('for i = 1, 20 do service.request(i) end'));
  lua.lua_setglobal(L, text('serve'));
  const getLine = (file: string, line: number): string =>
    file === 'service.lua' ? (program.split('\n')[line - 1] ?? '') : '';
  const work = (): void => {
    lua.lua_getglobal(L, text('serve'));
    call(0);
  };
  return traced(tracer, work, { getLine });
}

test('the service leaks its listeners, and the check says which line made them', () => {
  expect(() => expect(requests(source)).toLeakNothing()).toThrow(
    "listen('done', function() return page end)",
  );
});

test('with one listener for an event it leaks nothing', () => {
  const fixed = source.replace('listeners[#listeners + 1] = callback', 'listeners[1] = callback');
  expect(fixed).not.toBe(source);
  expect(requests(fixed)).toLeakNothing();
});
