import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tracemalloc/core/codec';
import { formats } from '@tracemalloc/formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownHosts } from '../src/hosts/known-hosts.ts';
import { type Result, tracemallocIn } from './command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-cli-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function tracemalloc(args: string[], env: Record<string, string> = {}): Promise<Result> {
  return tracemallocIn(folder, args, { env });
}

/** A run without the report, which other tests look at. */
const quiet = (...args: string[]) => tracemalloc(['run', '-q', ...args]);

describe('--memory-limit', () => {
  test('gives a Python program its MemoryError, with the lines that have most', async () => {
    file('grows.py', 'kept = []\nwhile True:\n    kept.append([1] * 100)\n');
    const { status, stderr } = await quiet('--memory-limit', '512KiB', 'grows.py');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Traceback \(most recent call last\):\n {2}File ".*grows\.py", line 3, in <module>\n {4}kept\.append\(\[1\] \* 100\)\n/,
    );
    expect(stderr).toMatch(
      /\nMemoryError: .* more were asked for, where .* of 512 KiB are in use; most of it is of\n {2}.*grows\.py:3: /,
    );
  });

  test('gives a Lua program its error, and says where', async () => {
    file('grows.lua', 'local t = {}\nwhile true do\n  t[#t + 1] = {}\nend\n');
    const { status, stderr } = await quiet('--memory-limit', '512KiB', 'grows.lua');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^lua: not enough memory\ntracemalloc: the memory limit was reached at grows\.lua:3: .* of 512 KiB are in use/,
    );
  });

  test('ends a program that goes on through any number of errors', async () => {
    file('deaf.lua', 'while true do pcall(string.rep, "x", 1e8) end\n');
    // The command of these tests cannot end its process: it throws instead.
    await expect(quiet('--memory-limit', '1MiB', 'deaf.lua')).rejects.toThrow(
      'the process would end with status 1',
    );
  });

  test.each([
    [
      'lua',
      /^lua: not enough memory\ntracemalloc: the memory limit was reached: .* of 1 B are in use\n$/,
    ],
    ['skulpt', /^Traceback \(most recent call last\):\nMemoryError: .* of 1 B are in use\n$/],
    ['brython', /^Traceback \(most recent call last\):\nMemoryError: .* of 1 B are in use\n/],
  ])('ends a program of %s that it leaves no room at all', async (host, error) => {
    const name = host === 'lua' ? 'small.lua' : 'small.py';
    file(name, 'print(1)\n');
    const run = await quiet('--interpreter', host, '--memory-limit', '1', name);
    expect({ ...run, stderr: '' }).toEqual({ status: 1, stdout: '', stderr: '' });
    expect(run.stderr).toMatch(error);
  });

  test.each(['0', '-1', '64 M', 'lots'])('%s is no limit', async (text) => {
    const { status, stdout, stderr } = await quiet(`--memory-limit=${text}`, '-c', 'print(1)');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`argument '${text}' is invalid`);
  });
});

describe('a program runs as in python', () => {
  test('with its arguments, its output, and modules beside it', async () => {
    file('helper.py', 'def double(x):\n    return 2 * x\n');
    file('app.py', 'import sys, helper\nprint(sys.argv[1:], helper.double(21), __name__)\n');
    expect(await quiet('app.py', 'a', '--nframe', 'b')).toEqual({
      status: 0,
      stdout: "['a', '--nframe', 'b'] 42 __main__\n",
      stderr: '',
    });
  });

  test('from -c, whose argv begins with -c', async () => {
    const { stdout } = await quiet('-c', 'import sys; print(sys.argv)', '--help', 'x');
    expect(stdout).toBe("['-c', '--help', 'x']\n");
  });

  test('from -m, a module of the current folder', async () => {
    file('tool.py', 'import sys\nprint(__name__, sys.argv[1:])\n');
    expect((await quiet('-m', 'tool', '-q')).stdout).toBe("__main__ ['-q']\n");
  });

  test('and sys.exit() ends it with its status', async () => {
    expect(await quiet('-c', 'import sys; sys.exit(3)')).toEqual({
      status: 3,
      stdout: '',
      stderr: '',
    });
  });

  test('from -m, a program of the library', async () => {
    const { stdout, status } = await quiet('-m', 'this');
    expect(stdout.split('\n', 2)).toEqual(['The Zen of Python, by Tim Peters', '']);
    expect(status).toBe(0);
    expect(await quiet('-m', 'nowhere.at_all')).toEqual({
      stdout: '',
      stderr: `tracemalloc: No module named nowhere.at_all: neither ${join(folder, 'nowhere/at_all')}.py nor ${join(folder, 'nowhere/at_all')}/__main__.py exists, nor has the interpreter's library a program of that name\n`,
      status: 1,
    });
  });

  test('and an exception ends it with a traceback and status 1', async () => {
    file('raises.py', 'def f(x):\n    return 1 / x\n\nf(0)\n');
    const { status, stderr } = await quiet('raises.py');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `Traceback (most recent call last):
  File "${folder}/raises.py", line 4, in <module>
    f(0)
  File "${folder}/raises.py", line 2, in f
    return 1 / x
ZeroDivisionError: division by zero
`,
    });
  });

  test('and so does a syntax error, with no report of what has not run', async () => {
    file('broken.py', 'x = 1\nif x\n    pass\n');
    const { status, stdout, stderr } = await tracemalloc(['run', 'broken.py']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`  File "${folder}/broken.py", line 2\n`);
    expect(stderr).toMatch(/SyntaxError: expected ':'\n$/);
  });

  test('and a module that does not exist', async () => {
    const { status, stderr } = await quiet('-c', 'import nowhere_to_be_found');
    expect(status).toBe(1);
    expect(stderr).toContain("ModuleNotFoundError: No module named 'nowhere_to_be_found'");
  });

  test('and recursion without end', async () => {
    const { status, stderr } = await quiet('-c', 'def f():\n    return f() + 1\nf()\n');
    expect(status).toBe(1);
    expect(stderr).toContain('RecursionError');
  });
});

describe('the report', () => {
  test('lists the lines of the program on stderr', async () => {
    file('keeps.py', 'kept = [bytes(10_000) for _ in range(100)]\nprint(len(kept))\n');
    const { status, stdout, stderr } = await tracemalloc(['run', 'keeps.py']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '100\n' });
    const [title, first, source] = stderr.split('\n');
    expect(title).toBe('Top 10 lines');
    expect(first).toMatch(/^#1: keeps\.py:1: 98\d\.\d KiB$/);
    expect(source).toBe('    kept = [bytes(10_000) for _ in range(100)]');
  });

  test('goes to a file that top, diff and convert read back', async () => {
    file('grows.py', 'kept = [bytes(1000) for _ in range(50)]\n');
    expect((await quiet('-o', 'one.tm', 'grows.py')).status).toBe(0);
    const top = await tracemalloc(['top', 'one.tm']);
    expect(top.stdout.split('\n')[1]).toMatch(/^#1: grows\.py:1: 5\d\.\d KiB$/);
    expect((await tracemalloc(['convert', 'one.tm', 'one.pickle'])).status).toBe(0);
    expect((await tracemalloc(['convert', 'one.pickle', 'two.tm.gz'])).status).toBe(0);
    expect((await tracemalloc(['top', 'two.tm.gz'])).stdout).toBe(top.stdout);
    const { stdout } = await tracemalloc(['diff', 'one.tm', 'two.tm.gz', '--limit', '1']);
    expect(stdout).toMatch(
      /^\[ Top 1 differences \]\n… 1 did not\nTotal: size=\S+ KiB \(\+0 B\), count=\d+ \(\+0\), average=\S+ B\n$/,
    );
  });

  test('goes to an HTML file too, with the source of the program', async () => {
    const args = ['run', '--report', 'page.html', '-c', 'kept = [bytes(1000)]'];
    const { status, stderr } = await tracemalloc(args);
    expect(status).toBe(0);
    expect(stderr.split('\n').slice(0, 2)).toEqual(['Wrote page.html', 'Top 10 lines']);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('<!doctype html>');
  });

  test('says in snapshots what was run, and when where there is time in them', async () => {
    file('told.py', 'kept = [bytes(1000)]\n');
    const told = async (name: string, ...args: string[]): Promise<unknown> => {
      expect((await quiet('-o', name, ...args)).status).toBe(0);
      return load(readFileSync(join(folder, name))).metadata['run'];
    };
    expect(await told('a.tm', 'told.py', '--name', "it's")).toEqual({
      command: `told.py --name 'it'\\''s'`,
    });
    expect(await told('b.tm', '-c', 'kept = 1')).toEqual({ command: `-c 'kept = 1'` });
    expect(await told('c.tm', '--timeline', '-m', 'told', 'x')).toEqual({
      command: '-m told x',
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      seconds: expect.any(Number),
    });
    const unclocked = ['--timeline=64KiB', '--no-clock'];
    expect(await told('d.tm', ...unclocked, 'told.py')).toEqual({ command: 'told.py' });
  });

  test('is left out when the program ended without tracing', async () => {
    const stopped = 'import tracemalloc; tracemalloc.start(); tracemalloc.stop()';
    expect(await tracemalloc(['run', '-c', stopped])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'No report: the program ended with tracing stopped\n',
    });
    const { status, stderr } = await tracemalloc(['run', '-o', 'none.tm', '-c', stopped]);
    expect(status).toBe(1);
    expect(stderr).toContain('nothing was written to none.tm');
    expect(existsSync(join(folder, 'none.tm'))).toBe(false);
  });
});

describe('tracing starts before the first line', () => {
  test('and again when the program starts it, with its own limit', async () => {
    const program = `
import tracemalloc
before = [[] for _ in range(1000)]
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
tracemalloc.start(3)
after = [[] for _ in range(1000)]
print(tracemalloc.get_traceback_limit(), tracemalloc.get_object_traceback(before))
print(tracemalloc.get_object_traceback(after))
`;
    const { stdout, stderr } = await tracemalloc(['run', '-c', program]);
    expect(stdout).toBe('False (0, 0)\n3 None\n<string>:6\n');
    expect(stderr.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^#1: <string>:6: \d\d\.\d KiB$/),
      '    after = [[] for _ in range(1000)]',
      expect.stringMatching(/^Total allocated size: \d\d\.\d KiB$/),
      'Traced since the program started tracing, or cleared it, last, with 3 frames',
      '',
      expect.stringMatching(
        /^- 1 line keeps 100 % of live memory, \d\d\.\d KiB: <module> at <string>:6\.$/,
      ),
      expect.stringMatching(
        /^- 100 % of live memory is list: 1,00\d blocks of 6\d B on average\.$/,
      ),
      '',
    ]);
  });

  test('and a snapshot that the program takes without it is of what the command traces', async () => {
    const program = `
import tracemalloc
kept = [[] for _ in range(1000)]
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_object_traceback(kept))
snapshot = tracemalloc.take_snapshot()
print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit(), snapshot.statistics('lineno')[0])
tracemalloc.start(3)
print(tracemalloc.get_traceback_limit())
`;
    const { stdout } = await tracemalloc(['run', '-q', '-c', program]);
    expect(stdout).toMatch(
      /^False \(0, 0\) <string>:3\nTrue 25 <string>:3: size=\d\d\.\d KiB, count=100\d, average=\d\d B\n25\n$/,
    );
  });

  test('and none at all once the program has stopped it', async () => {
    const program = `
import tracemalloc
tracemalloc.stop()
try:
    tracemalloc.take_snapshot()
except RuntimeError as error:
    print(error)
`;
    const { stdout, stderr } = await tracemalloc(['run', '-c', program]);
    expect(stdout).toBe(
      'the tracemalloc module must be tracing memory allocations to take a snapshot\n',
    );
    expect(stderr).toMatch(/^\n?#1: /m);
  });

  test('and the report is of what the last task left behind', async () => {
    const program = `
from browser import aio, timer
kept = []
async def main():
    for i in range(10):
        await aio.sleep(0.001)
        kept.append([i] * 1000)
    timer.set_timeout(lambda: print('timer'), 5)
    print(len(kept))
aio.run(main())
print('end')
`;
    const { stdout, stderr } = await tracemalloc(['run', '-c', program]);
    expect(stdout).toBe('end\n10\ntimer\n');
    expect(stderr.split('\n')[1]).toMatch(/^#1: <string>:7: (?:7|8)\d\.\d KiB$/);
  });

  const limit = 'import tracemalloc as t; print(t.is_tracing(), t.get_traceback_limit())';

  test.each([
    ['which the program does not see when nobody asked', [], {}, 'False 1\n'],
    ['with as many as --nframe says', ['--nframe', '3'], {}, 'True 3\n'],
    ['with as many as PYTHONTRACEMALLOC says', [], { PYTHONTRACEMALLOC: '7' }, 'True 7\n'],
    ['with as many as -X says', ['-X', 'tracemalloc=2'], { PYTHONTRACEMALLOC: '7' }, 'True 2\n'],
    ['or not, for 0', ['--nframe', '0'], {}, 'False 1\n'],
  ])('%s', async (_, options, env, printed) => {
    const { stdout } = await tracemalloc(['run', '-q', ...options, '-c', limit], env);
    expect(stdout).toBe(printed);
  });
});

describe('what cannot be done is said before anything runs', () => {
  test.each<[number, string[], string]>([
    [2, ['run'], 'tracemalloc: nothing to run: name a script, or use -m module or -c code\n'],
    [
      1,
      ['run', 'missing.py'],
      "tracemalloc: can't open file 'missing.py': no such file or directory\n",
    ],
    [2, ['run', '-m', 'a..b'], "tracemalloc: -m takes a module's dotted name, got 'a..b'\n"],
    [2, ['run', '--velocity', 'x.py'], "tracemalloc: unknown option '--velocity'\n"],
    [2, ['fly'], "tracemalloc: unknown command 'fly'\n"],
    [
      2,
      ['run', '--interpreter', 'perl', 'x.py'],
      `tracemalloc: option '--interpreter <name>' argument 'perl' is invalid. Allowed choices are ${Object.keys(knownHosts).join(', ')}, or a module's path, ./perl.mjs.\n`,
    ],
    [1, ['top', 'missing.tm'], "tracemalloc: can't read missing.tm: no such file or directory\n"],
    [
      1,
      ['run', '-o', 'no/such/folder.tm', '-c', '1'],
      "tracemalloc: can't write no/such/folder.tm: there is no folder no/such; make it first\n",
    ],
    [
      2,
      ['convert', 'a', 'b'],
      `tracemalloc: the name b says no format: end it in .tm, .tm.gz, ${formats.flatMap(({ endings }) => endings).join(', ')}, or add --to\n`,
    ],
  ])('%i %j', async (status, args, stderr) => {
    expect(await tracemalloc(args)).toEqual({ status, stdout: '', stderr });
  });

  test('an output file that exists is kept, until --force', async () => {
    file('there.tm', 'precious');
    const before = readdirSync(folder).sort();
    const args = ['-o', 'there.tm', '-c', 'print(1)'];
    expect(await quiet(...args)).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'tracemalloc: there.tm exists and is not overwritten: name another file, or add --force\n',
    });
    expect(readdirSync(folder).sort()).toEqual(before);
    expect((await quiet('--force', ...args)).status).toBe(0);
    expect((await tracemalloc(['top', 'there.tm'])).status).toBe(0);
  });
});
