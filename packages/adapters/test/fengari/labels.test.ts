import { attachFengari, installFengariModule } from '@tracemalloc/adapters/fengari';
import { runFengariProgram } from '@tracemalloc/adapters/fengari/node';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { labelsByLine } from '../labels-by-line.ts';
import { fengari, newLua } from './lua.ts';

/** Where the big strings of a program are from with their labels, and what it prints. */
function ran(source: string): { readonly labels: string[]; readonly printed: string } {
  const host = { fengari, L: newLua() };
  const tracer = new Tracer();
  const adapter = attachFengari(host, tracer);
  installFengariModule(host, adapter);
  let printed = '';
  const add = (bytes: Uint8Array): void => {
    printed += Buffer.from(bytes).toString();
  };
  tracer.start(5);
  const head = `extra = require 'tracemalloc_extra'; label = extra.label; keep = {}`;
  runFengariProgram(host, adapter, {
    filename: 'app.lua',
    source: `${head}\n${source}`,
    args: [],
    stdout: add,
    stderr: add,
  });
  return { labels: labelsByLine(tracer, 'app.lua'), printed };
}

test('a label holds until its scope is closed, and in functions that have it, also one that fails', () => {
  const { labels, printed } = ran(`local scope = label 'block'
keep[#keep + 1] = ('a'):rep(5000)
scope:close()
keep[#keep + 1] = ('b'):rep(5000)
f = label('function', function(n) return ('c'):rep(n), n end)
local text, n = f(5000)
keep[#keep + 1] = text
print(n)
print(pcall(label('failing', function() keep[#keep + 1] = ('d'):rep(5000); error('x', 0) end)))
keep[#keep + 1] = ('e'):rep(5000)`);

  expect(labels).toEqual(['3: block', '5: ', '6: function', '10: failing', '11: ']);
  expect(printed).toBe('5000\nfalse\tx\n');
});

test('a coroutine has the label of its maker, else one of its own, and nobody else has its', () => {
  const { labels } = ran(`local function work(letter)
  return function()
    keep[#keep + 1] = letter:rep(5000)
    local scope = label 'inside'
    coroutine.yield()
    keep[#keep + 1] = letter:rep(5001)
    scope:close()
  end
end
local first, second = coroutine.create(work 'a'), nil
local scope = label 'request'
second = coroutine.wrap(work 'b')
scope:close()
coroutine.resume(first)
second()
keep[#keep + 1] = ('c'):rep(5000)
coroutine.resume(first)
second()
keep[#keep + 1] = ('d'):rep(5000)`);

  expect(labels).toEqual([
    '4: request',
    '4: thread=coroutine 1',
    '7: inside',
    '7: inside',
    '17: ',
    '20: ',
  ]);
});

test('what is no name is an error, and so is a limit', () => {
  const { printed } = ran(`print(pcall(label)) print(pcall(extra.mark, 3))
print(pcall(extra.limit, 'x')) print(pcall(extra.limit, 10)) extra.mark 'ok'`);

  expect(printed.split('\n')).toEqual([
    "false\tbad argument #1 to 'label' (string expected, got no value)",
    "false\tbad argument #1 to 'mark' (string expected, got number)",
    "false\tbad argument #1 to 'limit' (integer or nil expected, got string)",
    "false\tbad argument #1 to 'limit' (what fengari's objects take can't be refused)",
    '',
  ]);
});
