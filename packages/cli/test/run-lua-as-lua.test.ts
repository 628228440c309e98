import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Result, tracemallocIn } from './command.ts';

// What lua5.4 printed of the same programs, on Linux. Where it differs it is said.

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-lua-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string | Uint8Array): void {
  writeFileSync(join(folder, name), text);
}

/** Runs a program with some frames kept. */
function run(program: string, env: Record<string, string> = {}): Promise<Result> {
  file('program.lua', program);
  return tracemallocIn(folder, ['run', '-q', 'program.lua'], { env });
}

async function printed(program: string, env: Record<string, string> = {}): Promise<string> {
  const { status, stdout, stderr } = await run(program, env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test('what is done to files is done to the disk, at once', async () => {
  file('old.txt', 'old');
  const text = await printed(`
local f = io.open('res.txt.tmp', 'w') f:write('important\\n') f:close()
print(os.rename('res.txt.tmp', 'res.txt'), os.rename('res.txt.tmp', 'other'))
print(os.remove('old.txt'), os.remove('old.txt'))
for _ = 1, 2 do local a = io.open('log.txt', 'a') a:write('line\\n') a:close() end
local t = os.tmpname()
print(t:match('^/tmp/lua_%w%w%w%w%w%w$') == t, io.open(t):read('a'), os.remove(t))
print(io.open('here', 'w'):write('x'):close(), io.open('here'):read('a'))
local h = io.open('left open', 'w') h:write('flushed at the end')
`);
  expect(text).toBe(`true	nil	No such file or directory	2
true	nil	old.txt: No such file or directory	2
true		true
true	x
`);
  expect(readFileSync(join(folder, 'res.txt'), 'utf8')).toBe('important\n');
  expect(readFileSync(join(folder, 'log.txt'), 'utf8')).toBe('line\nline\n');
  expect(readFileSync(join(folder, 'left open'), 'utf8')).toBe('flushed at the end');
  expect(existsSync(join(folder, 'old.txt'))).toBe(false);
});

test('a file is read, written and sought in every mode', async () => {
  const text = await printed(`local p = 'modes.txt'
local f = io.open(p, 'w') print(f:seek('cur'), f:write('hello\\nworld\\n') == f, f:seek('set', 3), f:seek('end')) f:close()
f = io.open(p, 'a') print(f:seek('cur'), f:seek('end')) f:write('more\\n') print(f:seek('cur')) f:close()
f = io.open(p, 'r+') f:write('HE') f:seek('set', 0) print(f:read('a')) f:close()
f = io.open(p, 'a+') print(f:read('l')) f:write('x\\n') f:seek('set') print(f:read('a')) f:close()
f = io.open(p, 'rb') print(f:read(2, 'n', 'L')) f:close()
print(io.open(p, 'w+'):read('a'))
local t = io.tmpfile() t:write('abc') t:seek('set') print(t:read('a'), t:seek('end'), t:seek('set', -1)) t:close()
`);
  expect(text).toBe(`0	true	3	12
12	12
17
HEllo
world
more

HEllo
HEllo
world
more
x

HE	nil

abc	3	nil	Invalid argument	22
`);
});

test('a chunk in binary form runs from its file', async () => {
  expect(
    await printed(`local f = io.open('chunk.luac', 'wb')
f:write(string.dump(function(...) return select('#', ...) end)) f:close()
print(loadfile('chunk.luac')(1, 2), dofile('chunk.luac'))
print(loadfile('chunk.luac', 't'))
print(io.open('chunk.luac'):read(4) == '\\27Lua')
`),
  ).toBe(`2	0
nil	attempt to load a binary chunk (mode is 't')
true
`);
});

test('what fails has the numbers and texts of the system', async () => {
  mkdirSync(join(folder, 'full'));
  file('full/file', '');
  const text = await printed(`print(io.open('nowhere/x.txt', 'w'))
print(io.open('program.lua/x'))
print(io.open('full', 'w'))
print(io.open('full'):read(1))
print(os.remove('full'))
print(io.open(('x'):rep(300)) == nil, select(3, io.open(('x'):rep(300))))
print(io.open('/dev/full', 'w'):write(('x'):rep(100000)))
print(pcall(io.lines, 'none'))
print(loadfile('none.lua'))
print(pcall(dofile, 'none.lua'))
print(io.open(''))
print(pcall(io.open, 'x', 'zz'))
`);
  expect(text).toBe(`nil	nowhere/x.txt: No such file or directory	2
nil	program.lua/x: Not a directory	20
nil	full: Is a directory	21
nil	Is a directory	21
nil	full: Directory not empty	39
true	36
nil	No space left on device	28
false	cannot open file 'none' (No such file or directory)
nil	cannot open none.lua: No such file or directory
false	cannot open none.lua: No such file or directory
nil	: No such file or directory	2
false	bad argument #2 to 'io.open' (invalid mode)
`);
});

test('modules are found by package.path, LUA_PATH and package.searchpath', async () => {
  mkdirSync(join(folder, 'lib/deep'), { recursive: true });
  file('lib/mymod.lua', 'return { x = 42, args = { ... } }');
  file('lib/deep/init.lua', 'return "deep"');
  expect(
    await printed(`print(package.searchpath('mymod', './lib/?.lua'))
print(package.searchpath('a.b', './lib/?.lua;./?/x'))
print((select(2, pcall(require, 'nosuch')):gsub('/usr[^\\n]*', '/usr')))
package.path = './lib/?.lua;' .. package.path
local m = require 'mymod'
print(m.x, m.args[1], m.args[2])
`),
  ).toBe(`./lib/mymod.lua
nil	no file './lib/a/b.lua'
	no file './a/b/x'
module 'nosuch' not found:
	no field package.preload['nosuch']
	no file '/usr
	no file '/usr
	no file '/usr
	no file '/usr
	no file './nosuch.lua'
	no file './nosuch/init.lua'
	no file '/usr
	no file '/usr
	no file './nosuch.so'
42	mymod	./lib/mymod.lua
`);
  const env = { LUA_PATH: './lib/?/init.lua;;' };
  expect(await printed("print(require 'deep', package.path:sub(1, 20))", env)).toBe(
    'deep\t./lib/deep/init.lua\t./lib/?/init.lua;/us\n'.replace('\t./lib/deep/init.lua', ''),
  );
});

test('bytes stay bytes: in sources, strings, modules, output and the environment', async () => {
  file('latin.lua', Buffer.from('return "\xe9\xff\0z", ("\xe9"):byte()', 'latin1'));
  file(
    'program.lua',
    Buffer.from('print(#"\xe9") io.stderr:write("\xe9\\n") error("\xff")', 'latin1'),
  );
  const chunks: Uint8Array[] = [];
  const keep = (bytes: string | Uint8Array) => void chunks.push(Buffer.from(bytes));
  const { main } = await import('../src/main.ts');
  const io = {
    stdin: async function* () {},
    stdoutBytes: keep,
    exit: () => undefined,
    interactive: false,
    width: 80,
  };
  const terminals = { stdoutIsTerminal: false, stdinIsTerminal: false };
  await main(['run', '-q', 'program.lua'], {
    ...io,
    ...terminals,
    stdout: keep,
    stderr: keep,
    env: {},
    cwd: folder,
  });
  expect(Buffer.concat(chunks).toString('latin1')).toBe(`1
\xe9
lua: program.lua:1: \xff
stack traceback:
	[C]: in function 'error'
	program.lua:1: in main chunk
	[C]: in ?
`);
  expect(
    await printed(
      `local s, n = dofile('latin.lua') print(#s, n, s:byte(1, -1))
print(#loadfile('latin.lua')(), #os.getenv('WORD'), os.getenv('USER'))`,
      { WORD: 'Grüße 😀' },
    ),
  ).toBe('4\t233\t233\t255\t0\t122\n4\t12\tnil\n');
});

test('commands fail as a value; os.exit takes what Lua’s takes', async () => {
  // lua5.4 runs them.
  expect(
    await printed(`print(os.execute())
print(pcall(os.execute, 'true'))
print(pcall(io.popen, 'ls'))
print(pcall(io.popen, 'ls', 'rw'))
print(pcall(os.exit, 'x'))
print('after')
`),
  ).toBe(`false
true	nil	no command can be run here: Function not implemented	38
true	nil	ls: Function not implemented	38
false	bad argument #2 to 'io.popen' (invalid mode)
false	bad argument #1 to 'os.exit' (number expected, got string)
after
`);
  const ends = [`os.exit(7.0)`, `os.exit(false)`, `os.exit()`, `os.exit(300, true)`];
  const statuses: number[] = [];
  for (const program of ends) statuses.push((await run(program)).status);
  expect(statuses).toEqual([7, 1, 0, 44]);
});

test('finalizers run at the end, and what waits to be closed is closed', async () => {
  const program = `keep = setmetatable({}, { __gc = function() print('finalized') end })
local closing <close> = setmetatable({}, { __close = function() print('closed') end })
print('running')
`;
  expect(await printed(program)).toBe('running\nclosed\nfinalized\n');
  expect((await run(`${program} os.exit(0, true)`)).stdout).toBe('running\nclosed\nfinalized\n');
  expect((await run(`${program} os.exit(0)`)).stdout).toBe('running\n');
  expect((await run(`${program} error('x', 0)`)).stdout).toBe('running\nclosed\nfinalized\n');
});

test('debug finds nothing of ours: hooks, upvalues, variables, levels of the stack', async () => {
  expect(
    await printed(`local a, b = 1, 2
print(debug.gethook())
print(coroutine.wrap(function() return debug.gethook() end)())
print(debug.getlocal(1, 1))
print(debug.getlocal(1, 2))
print((debug.getlocal(1, 3)))
for _, f in ipairs { os.exit, os.execute, os.tmpname, io.popen, require, dofile, loadfile, io.open } do
  local info = debug.getinfo(f)
  io.write(info.what, info.short_src, info.nups, info.source, ' ', select('#', debug.getupvalue(f, 2)), ' ')
end
print()
print(debug.traceback('here'))
print(debug.getinfo(2).what, debug.getinfo(2).name, debug.getinfo(3), #package.searchers)
local names = {}
debug.sethook(function() names[#names + 1] = debug.getinfo(2, 'S').what end, 'c')
local t = {} t[1] = {} load('return {}')() collectgarbage()
debug.sethook()
print(table.concat(names, ' '))
local all = {} for name in pairs(_G) do all[#all + 1] = name end table.sort(all) print(table.concat(all, ' '))
`),
  ).toBe(`nil
nil
a	1
b	2
(temporary)
C[C]0=[C] 0 C[C]0=[C] 0 C[C]0=[C] 0 C[C]0=[C] 0 C[C]1=[C] 0 C[C]0=[C] 0 C[C]0=[C] 0 C[C]0=[C] 0 
here
stack traceback:
	program.lua:12: in main chunk
	[C]: in ?
C	nil	nil	4
C main C C
_G _VERSION arg assert collectgarbage coroutine debug dofile error getmetatable io ipairs load loadfile math next os package pairs pcall print rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 warn xpcall
`);
});
