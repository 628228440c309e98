import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tracemalloc/core/codec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Result, tracemallocIn } from './command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-lua-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function run(...args: string[]): Promise<Result> {
  return tracemallocIn(folder, ['run', ...args], { env: { LUA_TEST: 'from the environment' } });
}

test('a script runs as in lua: arguments, output, environment', async () => {
  file(
    'app.lua',
    `#!/usr/bin/env lua
print(arg[0], arg[1], arg[2], #arg, select('#', ...), ...)
io.write('half a ', 'line, ', 'Grüße')
io.write('\\n', os.getenv('LUA_TEST'))
io.stderr:write('an error\\n')
print(debug.getinfo(1, 'l').currentline)
`,
  );
  expect(await run('-q', 'app.lua', 'a', '-q')).toEqual({
    status: 0,
    stdout: 'app.lua\ta\t-q\t2\t2\ta\t-q\nhalf a line, Grüße\nfrom the environment6\n',
    stderr: 'an error\n',
  });
});

test('modules beside the script are found, and others are not', async () => {
  mkdirSync(join(folder, 'sub/inner'), { recursive: true });
  file('sub/helper.lua', 'return { twice = function(x) return 2 * x end, path = select(2, ...) }');
  file('sub/inner/init.lua', "return 'package'");
  file('near.lua', "return 'near'");
  file('sub/broken.lua', 'x = = 1');
  file(
    'sub/app.lua',
    `local helper = require 'helper'
print(helper.twice(21), helper.path, (require 'inner'), (require 'near'))
print(select(2, pcall(require, 'broken')))
print((select(2, pcall(require, 'nowhere')):gsub('\\n.*', '')))
print(dofile('near.lua'), loadfile('none.lua'))
`,
  );
  const { stdout } = await run('-q', 'sub/app.lua');
  expect(stdout).toBe(`42	sub/helper.lua	package	near
error loading module 'broken' from file 'sub/broken.lua':
	sub/broken.lua:1: unexpected symbol near '='
module 'nowhere' not found:
near	nil	cannot open none.lua: No such file or directory
`);
});

test('an error ends it as in lua, with status 1', async () => {
  file(
    'raises.lua',
    `local function f(x)
  error('boom')
end
local t = {}
f(t)
`,
  );
  expect(await run('-q', 'raises.lua')).toEqual({
    status: 1,
    stdout: '',
    stderr: `lua: raises.lua:2: boom
stack traceback:
	[C]: in function 'error'
	raises.lua:2: in local 'f'
	raises.lua:5: in main chunk
	[C]: in ?
`,
  });
  file('object.lua', "error(setmetatable({}, { __tostring = function() return 'an object' end }))");
  expect((await run('-q', 'object.lua')).stderr).toBe('lua: an object\n');
  file('syntax.lua', 'local x =\n= 1');
  expect(await run('-q', 'syntax.lua')).toEqual({
    status: 1,
    stdout: '',
    stderr: "lua: syntax.lua:2: unexpected symbol near '='\n",
  });
});

test('os.exit gives the status, and what was written is out', async () => {
  const { status, stdout, stderr } = await run(
    '--interpreter',
    'lua',
    '-q',
    '-c',
    "io.write('bye') os.exit(5)",
  );
  expect({ status, stdout, stderr }).toEqual({ status: 5, stdout: 'bye', stderr: '' });
  expect((await run('--interpreter', 'lua', '-q', '-c', 'os.exit(true)')).status).toBe(0);
  expect((await run('--interpreter', 'lua', '-q', '-c', 'os.exit(false)')).status).toBe(1);
});

test('files are read, and those that were written are there afterwards', async () => {
  file('in.txt', 'one\ntwo\n');
  file(
    'files.lua',
    `for line in io.lines('in.txt') do io.write('[', line, ']') end
local out = assert(io.open('out.txt', 'w'))
out:write('written')
out:close()
local again = io.open('out.txt')
print(again:read('a'))
local added = io.open('in.txt', 'a')
added:write('three\\n')
print(io.open('none.txt'))
`,
  );
  expect((await run('-q', 'files.lua')).stdout).toBe(
    '[one][two]written\nnil\tnone.txt: No such file or directory\t2\n',
  );
  expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe('written');
  expect(readFileSync(join(folder, 'in.txt'), 'utf8')).toBe('one\ntwo\nthree\n');
  expect(existsSync(join(folder, 'none.txt'))).toBe(false);
});

test('the report is of what the program still uses at its end, and goes to stderr', async () => {
  file(
    'memory.lua',
    `local cache = {}
for i = 1, 1000 do
  cache[i] = { i }
end
for i = 1, 1000 do local gone = { i } end
print(#cache)
`,
  );
  const { status, stdout, stderr } = await run('-o', 'memory.tm', 'memory.lua');
  expect({ status, stdout }).toEqual({ status: 0, stdout: '1000\n' });
  const lines = stderr.split('\n');
  expect(lines.slice(0, 4)).toEqual([
    'Wrote memory.tm',
    'Top 10 lines',
    '#1: memory.lua:3: 62.9 KiB',
    '    cache[i] = { i }',
  ]);
  // One table: that of the last round is still in a register of Lua's.
  expect(stderr).toContain('memory.lua:5: 0.0 KiB');
  const snapshot = load(readFileSync(join(folder, 'memory.tm')));
  expect(snapshot.metadata).toMatchObject({ host: 'wasmoon, lua 504', liveness: 'exact' });
});

test.each(['os.exit(0)', "error('x')"])('the last variables still live at %s', async (end) => {
  file('ends.lua', `local kept = {}\nfor i = 1, 100 do kept[i] = {} end\n${end}\n`);
  expect((await run('ends.lua')).stderr).toContain('#1: ends.lua:2: 5.1 KiB');
});

test('a program can trace itself', async () => {
  file(
    'own.lua',
    `local tracemalloc = require 'tracemalloc'
tracemalloc.start()
local t = {}
print(tracemalloc.take_snapshot():statistics('lineno')[1])
tracemalloc.stop()
`,
  );
  expect(await run('--nframe', '0', 'own.lua')).toEqual({
    status: 0,
    stdout: 'own.lua:3: size=32 B, count=1, average=32 B\n',
    stderr: '',
  });
});

test('a sampled run keeps exact totals, and says from where to where its figures lie', async () => {
  file(
    'sampled.lua',
    'local kept = {}\nfor i = 1, 400 do kept[i] = ("x"):rep(1000) .. i end\nfor i = 1, 400 do kept[i] = { kept[i] } end\n',
  );
  const whole = await run('-q', '-o', 'whole.tm', 'sampled.lua');
  const sampled = await run('--sample', '8KiB', '--seed', '5', '-o', 'part.tm', 'sampled.lua');
  expect([whole.status, sampled.status]).toEqual([0, 0]);
  expect(sampled.stderr).toMatch(/^#1: sampled\.lua:2: [\d.]+ KiB \([\d.]+ KiB to [\d.]+ KiB\)$/m);
  expect(sampled.stderr).toMatch(/^Sampled, once in 8192 B: .* were traced, exactly$/m);
  const [all, some] = ['whole.tm', 'part.tm'].map((name) => load(readFileSync(join(folder, name))));
  expect(some!.metadata.tracedMemory).toEqual(all!.metadata.tracedMemory);
  expect(some!.metadata['sampling']).toMatchObject({ interval: 8192, seed: 5 });
  const again = await run('-q', '--sample', '8KiB', '--seed', '5', '-o', 'again.tm', 'sampled.lua');
  expect(again.status).toBe(0);
  expect(readFileSync(join(folder, 'again.tm'))).toEqual(readFileSync(join(folder, 'part.tm')));
});

test.each([
  [['--seed', '5'], '--seed goes with --sample'],
  [['--sample', '8KiB', '--timeline'], '--sample and --timeline do not go together'],
  [['--sample', '8KiB', '--graph', '-o', 'g.tm'], '--sample and --graph do not go together'],
  [['--sample', '8KiB', '--nframe', '0'], '--sample goes with tracing from the first line'],
  [['--sample', '0'], 'It must be above 0.'],
  [['--sample', '8KiB', '--seed', 'x'], 'It must be a whole number from 1 to 4294967295.'],
])('%j is refused before anything runs', async (options, message) => {
  file('empty.lua', 'print(1)\n');
  const { status, stdout, stderr } = await run(...options, 'empty.lua');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
