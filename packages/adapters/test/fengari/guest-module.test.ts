import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachFengari, installFengariModule } from '@tracemalloc/adapters/fengari';
import { runFengariProgram } from '@tracemalloc/adapters/fengari/node';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { fengari, newLua } from './lua.ts';

/** What a program prints, and how it ends. */
function ran(source: string, args: readonly string[] = []) {
  const L = newLua();
  const tracer = new Tracer();
  const host = { fengari, L };
  const adapter = attachFengari(host, tracer, { collector: nodeCollector() });
  const module = installFengariModule(host, adapter);
  let [stdout, stderr] = ['', ''];
  const { exitCode, snapshot } = runFengariProgram(host, adapter, {
    filename: 'app.lua',
    source,
    args,
    stdout: (bytes) => {
      stdout += Buffer.from(bytes).toString();
    },
    stderr: (bytes) => {
      stderr += Buffer.from(bytes).toString();
    },
  });
  return { exitCode, snapshot, stdout: stdout.split('\n'), stderr, module, tracer };
}

test('a program traces itself: statistics, differences, filters and traces, with CPython’s text', () => {
  const { stdout, exitCode, tracer } = ran(`local tracemalloc = require 'tracemalloc'
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
tracemalloc.start(5)
kept = {} local first = tracemalloc.take_snapshot()
for i = 1, 100 do kept[i] = { i } end
local second = tracemalloc.take_snapshot()
print(second.traceback_limit, second)
for _, statistic in ipairs(second:statistics('type')) do print(statistic) end
for _, difference in ipairs(second:compare_to(first, 'lineno')) do print(difference, difference.count_diff) end
print(#second:filter_traces { { filename_pattern = '*.lua', lineno = 5 } })
local sizes = 0
for trace in second:traces() do sizes = sizes + trace.size end
print(sizes, math.type(sizes))
print(tracemalloc.get_object_traceback(kept), tracemalloc.get_object_traceback(1))
print(pcall(tracemalloc.start, 0))
print(pcall(second.statistics, second, 'size'))
tracemalloc.stop()
print(tracemalloc.take_snapshot())
`);
  expect(stdout).toEqual([
    'false\t0\t0',
    '5\t<Snapshot of 101 traces>',
    'table: size=9304 B, count=101, average=92 B',
    'app.lua:5: size=7200 B (+7200 B), count=100 (+100), average=72 B\t100',
    'app.lua:4: size=2104 B (+2048 B), count=1 (+0), average=2104 B\t0',
    '100',
    '9304\tinteger',
    'app.lua:4\tnil',
    "false\tbad argument #1 to 'start' (must be in 1..65535, got 0)",
    "false\tbad argument #1 to 'statistics' (unknown key_type: 'size')",
    'nil\tthe tracemalloc module must be tracing memory allocations to take a snapshot',
    '',
  ]);
  expect([exitCode, tracer.isTracing()]).toEqual([0, false]);
});

test('a program has its arguments, its errors are told as lua tells them, os.exit can’t be caught', () => {
  const given = ran(
    "print(arg[0], #arg, ...) io.write('a', 1) io.stdout:write('b') io.stderr:write('c')",
    ['x', 'y'],
  );
  expect([given.stdout, given.stderr, given.exitCode]).toEqual([
    ['app.lua\t2\tx\ty', 'a1b'],
    'c',
    0,
  ]);
  const failed = ran('local function f() error("no") end\nf()');
  expect([failed.exitCode, failed.stderr.split('\n')[0]]).toEqual([1, 'lua: app.lua:1: no']);
  expect(failed.stderr).toContain("app.lua:1: in local 'f'");
  expect(ran('local x = = 1').stderr).toBe("lua: app.lua:1: unexpected symbol near '='\n");
  expect(ran('error({})').stderr).toContain('lua: (error object is a value without a text)');
  const left = ran('pcall(function() pcall(os.exit, 7) print(1) end) print(2)');
  expect([left.exitCode, left.stdout]).toEqual([7, ['']]);
  expect(ran('os.exit(false)').exitCode).toBe(1);
});
