import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createBrython,
  defaultCacheFolder,
  type GuestError,
} from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-guest-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A runtime with its adapter, and what its programs print. */
async function started(argv: readonly string[]) {
  const printed = { out: '', error: '' };
  const runtime = await createBrython({
    argv,
    stdout: (text) => {
      printed.out += text;
    },
    stderr: (text) => {
      printed.error += text;
    },
  });
  // With the hooks in, what is compiled of the library is kept for the next test.
  runtime.attach(new Tracer(), { selfTest: false });
  return { runtime, printed };
}

/** One runs all programs that do not ask for arguments of their own, one after the other. */
let shared: ReturnType<typeof started> | undefined;

async function run(source: string, argv?: readonly string[]) {
  shared ??= started(['app.py']);
  const { runtime, printed } = await (argv === undefined ? shared : started(argv));
  printed.out = printed.error = '';
  const { exitCode } = runtime.run({ source, filename: join(folder, 'app.py') });
  return { exitCode, out: printed.out, error: printed.error.replaceAll(folder, '') };
}

test('modules beside the program, arguments, and the library of a realistic program', async () => {
  writeFileSync(join(folder, 'helper.py'), 'def double(x):\n    return 2 * x\n');
  const program = `
import sys, dataclasses, collections, json, random, functools, itertools, time, gc
import helper
@dataclasses.dataclass
class Point:
    x: int
    tags: list = dataclasses.field(default_factory=list)
print(Point(helper.double(2)), json.dumps({'a': [1, 2.5, None]}), sys.argv[1:], __name__)
print(collections.Counter('abca').most_common(1), functools.reduce(max, [1, 3, 2]))
`;
  expect(await run(program, ['app.py', 'one', '--two'])).toEqual({
    exitCode: 0,
    out: `Point(x=4, tags=[]) {"a": [1, 2.5, null]} ['one', '--two'] __main__\n[('a', 2)] 3\n`,
    error: '',
  });
});

test('files are real ones, for reading and writing', async () => {
  const path = JSON.stringify(join(folder, 'data.txt'));
  const program = `
with open(${path}, 'w') as f:
    f.write('one\\ntwo\\n')
with open(${path}, 'a') as f:
    print('three', file=f)
print([line for line in open(${path})])
left_open = open(${path} + '.bin', 'wb')
left_open.write(b'\\x00\\xff')
try:
    open('/nowhere/at all')
except FileNotFoundError as error:
    print(error, error.errno)
`;
  expect(await run(program)).toEqual({
    exitCode: 0,
    out: `['one\\n', 'two\\n', 'three\\n']\n[Errno 2] No such file or directory: '/nowhere/at all' 2\n`,
    error: '',
  });
  expect(readFileSync(join(folder, 'data.txt'), 'utf8')).toBe('one\ntwo\nthree\n');
  expect([...readFileSync(join(folder, 'data.txt.bin'))]).toEqual([0, 255]);
});

test.for([
  ['import sys\nsys.exit(3)\n', 3, ''],
  ['import sys\nsys.exit()\n', 0, ''],
  ['exit(3)\n', 3, ''],
  ['quit(3)\n', 3, ''],
  ['raise SystemExit(3)\n', 3, ''],
  ['raise SystemExit("bye")\n', 1, 'bye\n'],
] as const)('exit status of %j', async ([source, exitCode, error]) => {
  expect(await run(source)).toEqual({ exitCode, out: '', error });
});

test('an exception that nobody caught is printed as CPython prints it', async () => {
  const program = `def f(x):
    return 1 / x
try:
    f(0)
except ZeroDivisionError as error:
    raise ValueError('no') from error
`;
  expect(await run(program)).toEqual({
    exitCode: 1,
    out: '',
    error: `Traceback (most recent call last):
  File "/app.py", line 4, in <module>
    f(0)
  File "/app.py", line 2, in f
    return 1 / x
ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app.py", line 6, in <module>
    raise ValueError('no') from error
ValueError: no
`,
  });
});

test('missing modules, syntax errors and endless recursion end cleanly', async () => {
  expect((await run('import nosuch\n')).error).toMatch(
    /\nModuleNotFoundError: No module named 'nosuch'\n$/,
  );
  const syntax = await run('x = 1\ndef f(:\n    pass\n');
  expect(syntax.error).toMatch(/^ {2}File "\/app\.py", line 2\n {4}def f\(:\n *\^\nSyntaxError: /);
  const recursion = await run('def f(n):\n    return f(n + 1) + 1\nf(0)\n');
  expect(recursion.error).toMatch(
    /\[Previous line repeated \d+ more times\]\nRecursionError: maximum recursion depth exceeded\n$/,
  );
  expect([syntax.exitCode, recursion.exitCode]).toEqual([1, 1]);
});

test('instrumented code is cached by content, and an unusable folder only costs time', async () => {
  const cacheFolder = join(folder, 'cache');
  const kept = () => readdirSync(cacheFolder).map((name) => name.split('-')[0]);
  await createBrython({ cacheFolder });
  expect(kept()).toEqual(['brython', 'prelude']);
  await createBrython({ cacheFolder });
  expect(kept()).toEqual(['brython', 'prelude']);
  await createBrython({ cacheFolder: join(folder, 'helper.py', 'inside a file') });
  expect(defaultCacheFolder({ XDG_CACHE_HOME: '/c' })).toBe(join('/c', 'tracemalloc'));
  expect(defaultCacheFolder({ HOME: '/h' })).toBe(join('/h', '.cache', 'tracemalloc'));
  expect(defaultCacheFolder({ HOME: '' })).toBeNull();
});

test('a folder without Brython is named in the error', async () => {
  await expect(createBrython({ brythonFolder: join(folder, 'empty') })).rejects.toThrow(
    /^cannot read brython\.js of Brython in .*empty: ENOENT/,
  );
});

test('library modules are compiled once: the next runtime reads what the first one kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-library-'));
  try {
    const program = 'import concurrent, bisect\nprint(bisect.bisect([1.5, 2.5], 2.0))\n';
    const outputs: string[] = [];
    for (const _ of [1, 2]) {
      let printed = '';
      const runtime = await createBrython({
        cacheFolder: folder,
        stdout: (text) => {
          printed += text;
        },
      });
      runtime.attach(new Tracer());
      expect(runtime.run({ source: program, filename: 'app.py' })).toEqual({ exitCode: 0 });
      outputs.push(printed);
    }
    expect(outputs).toEqual(['1\n', '1\n']);
    const kept = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(kept.filter((name) => /(concurrent\.package|bisect)\.js$/.test(name))).toHaveLength(2);
    for (const name of kept.filter((file) => file.includes('library-') && file.endsWith('.js'))) {
      // Numbers of this process's constants would mean something else in the next.
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('.constants[');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a program that is to throw throws its traceback and its exit status, and prints neither', async () => {
  let error = '';
  const runtime = await createBrython({
    stderr: (text) => {
      error += text;
    },
  });
  const run = (source: string) => {
    try {
      return runtime.run({ source, filename: 'app.py', throws: true }).exitCode;
    } catch (thrown) {
      return [(thrown as GuestError).name, (thrown as GuestError).exitCode, String(thrown)];
    }
  };
  expect(run('kept = 1')).toBe(0);
  expect(run('def f():\n    return 1 / 0\nf()\n')).toEqual([
    'GuestError',
    1,
    'GuestError: the guest ended with exit status 1:\nTraceback (most recent call last):\n  File "app.py", line 3, in <module>\n    f()\n  File "app.py", line 2, in f\n    return 1 / 0\nZeroDivisionError: division by zero',
  ]);
  expect(run('kept = [1')).toEqual(['GuestError', 1, expect.stringContaining('SyntaxError: ')]);
  expect(run('import sys\nsys.exit(3)')).toEqual([
    'GuestError',
    3,
    'GuestError: the guest ended with exit status 3',
  ]);
  expect(run('raise SystemExit("no disk")')).toEqual([
    'GuestError',
    1,
    'GuestError: the guest ended with exit status 1:\nno disk',
  ]);
  expect(run('import sys\nsys.exit()')).toBe(0);
  expect(error).toBe('');
  const late = 'from browser import timer\ntimer.set_timeout(lambda: 1 / 0, 1)\n';
  await expect(
    runtime.runToEnd({ source: late, filename: 'app.py', throws: true }),
  ).rejects.toThrow(/ZeroDivisionError/);
  expect(runtime.run({ source: '1 / 0', filename: 'app.py' })).toEqual({ exitCode: 1 });
  expect(error).toMatch(/^Traceback.*ZeroDivisionError: division by zero\n$/s);
});
