import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { runSkulptProgram, type SkulptRun } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSkulpt } from './new-skulpt.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skulpt-'));
  mkdirSync(join(folder, 'pack'));
  writeFileSync(join(folder, 'shapes.py'), 'def area(a):\n    return [a] * a\n');
  writeFileSync(join(folder, 'shapes.js'), 'throw new Error("not a module")\n');
  writeFileSync(join(folder, 'broken.py'), 'x = = 1\n');
  writeFileSync(join(folder, 'pack', '__init__.py'), 'from pack import part\n');
  writeFileSync(join(folder, 'pack', 'part.py'), 'name = __name__\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const { Sk } = newSkulpt();

async function run(
  source: string,
  request: Partial<SkulptRun> & { lines?: string[] } = {},
): Promise<{ out: string; err: string; exitCode: number }> {
  let out = '';
  let err = '';
  const lines = [...(request.lines ?? [])];
  const { exitCode } = await runSkulptProgram(Sk, {
    source,
    filename: 'app.py',
    folder,
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    readLine: () => lines.shift() ?? '',
    ...request,
  });
  return { out, err, exitCode };
}

test('modules beside the program, packages, arguments and input are there', async () => {
  const source = [
    'import sys, shapes, pack',
    'print(sys.argv, shapes.area(2), pack.part.name, __name__)',
    'print(input("who? "))',
    'try:',
    '    input()',
    'except EOFError as error:',
    '    print(error)',
    'print("warning", file=sys.stderr)',
  ].join('\n');
  expect(await run(source, { argv: ['app.py', '-v'], lines: ['Ada\n'] })).toEqual({
    out: "['app.py', '-v'] [2, 2] pack.part __main__\nwho? Ada\nEOF when reading a line\n",
    err: 'warning\n',
    exitCode: 0,
  });
});

test('the modules that stand in for what Skulpt lacks do what CPython’s do', async () => {
  const program = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  const argv = ['library.py', join(folder, 'out.txt')];
  expect(await run(program('library.py'), { argv })).toEqual({
    out: program('library.txt'),
    err: '',
    exitCode: 0,
  });
});

test('a module beside the program comes before one of the library', async () => {
  writeFileSync(join(folder, 'heapq.py'), 'name = "mine"\n');
  const { out } = await run('import heapq, queue\nprint(heapq.name)\n');
  rmSync(join(folder, 'heapq.py'));
  expect(out).toBe('mine\n');
});

test('print_exc shows the exception that is handled, and where it came from', async () => {
  const source = [
    'import traceback',
    'def fail():',
    '    return [][1]',
    'try:',
    '    fail()',
    'except IndexError:',
    '    traceback.print_exc()',
  ].join('\n');
  expect((await run(source)).err).toBe(
    [
      'Traceback (most recent call last):',
      '  File "app.py", line 5',
      '    fail()',
      '  File "app.py", line 3',
      '    return [][1]',
      'IndexError: list index out of range',
      '',
    ].join('\n'),
  );
});

test.each([
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('lines of a source may end in %s, also inside strings', async (_name, newline) => {
  const source = ['x = "a\\', 'b"', 'y = """one', 'two"""', 'print([x, y])', ''];
  expect((await run(source.join(newline))).out).toBe("['ab', 'one\\ntwo']\n");
});

test('a program of a package is run after it, and imports relative to it', async () => {
  writeFileSync(join(folder, 'pack', '__init__.py'), 'print("package", __name__)\n');
  const source = 'from . import part\nfrom .part import name\nprint(__name__, __package__, name)\n';
  const { out, err } = await run(source, { package: 'pack' });
  writeFileSync(join(folder, 'pack', '__init__.py'), 'from pack import part\n');
  expect([out, err]).toEqual(['package pack\n__main__ pack pack.part\n', '']);
});

test('files are written and read again, and errors of the system are Python’s', async () => {
  const path = JSON.stringify(join(folder, 'notes.txt'));
  const source = [
    `with open(${path}, "w") as file: print("one", file=file)`,
    `with open(${path}, "a") as file: print(file.write("two\\n"), file.closed)`,
    `print(file.closed, open(${path}).readlines(), [line for line in open(${path})])`,
    'for name, mode in [("/nowhere/x", "r"), ("/", "r"), ("x", "rq"), (1, "r")]:',
    '    try: open(name, mode)',
    '    except (OSError, ValueError, TypeError) as error:',
    '        print(type(error).__name__, error)',
  ].join('\n');
  expect(await run(source)).toEqual({
    out: [
      '4 False',
      "True ['one\\n', 'two\\n'] ['one\\n', 'two\\n']",
      "FileNotFoundError [Errno 2] No such file or directory: '/nowhere/x'",
      "IsADirectoryError [Errno 21] Is a directory: '/'",
      "ValueError invalid mode: 'rq'",
      'TypeError expected str, bytes or os.PathLike object, not int',
      '',
    ].join('\n'),
    err: '',
    exitCode: 0,
  });
});

test('standard input can be read in every way, and input() follows what sys.stdin is', async () => {
  const source = [
    'import sys',
    'print([sys.stdin.readline(), sys.stdin.read(2), sys.stdin.readline(1), sys.stdin.readline()])',
    'for line in sys.stdin:',
    '    print(line)',
    '    break',
    'print(sys.stdin.readlines(), [sys.stdin.read(), sys.stdin.readline()])',
    'class Lines(object):',
    '    def readline(self): return "own\\n"',
    'sys.stdin = Lines()',
    'print(input())',
  ].join('\n');
  const lines = ['one\n', 'twofold\n', 'three\n', 'four\n', 'five'];
  expect(await run(source, { lines })).toEqual({
    out: "['one\\n', 'tw', 'o', 'fold\\n']\nthree\n\n['four\\n', 'five'] ['', '']\nown\n",
    err: '',
    exitCode: 0,
  });
});

test('endless recursion is told in a few lines', async () => {
  const { err, exitCode } = await run('def f():\n    return f()\nf()\n');
  const [, first, , second] = err.split('\n');
  expect([first, second]).toEqual(['  File "app.py", line 3', '  File "app.py", line 2']);
  expect(err).toMatch(/\n {2}\[Previous line repeated \d+ more times\]\nRecursionError: /);
  expect([err.split('\n').length, exitCode]).toEqual([12, 1]);
});

test.each([
  ['sys.exit()', 0, ''],
  ['sys.exit(3)', 3, ''],
  ['sys.exit(None)', 0, ''],
  ['sys.exit(-1)', 255, ''],
  ['sys.exit("no disk")', 1, 'no disk\n'],
  ['exit()', 0, ''],
  ['quit(2)', 2, ''],
  ['raise SystemExit(4)', 4, ''],
])('%s ends with status %i', async (statement, exitCode, err) => {
  expect(await run(`import sys\n${statement}\nprint('on')`)).toEqual({ out: '', err, exitCode });
});

test('an uncaught error is printed with the lines that led to it', async () => {
  const source = 'import shapes\ndef f():\n    return shapes.area("x")\nf()\n';
  const { err, exitCode } = await run(source, { filename: 'dir.d/a b.py' });
  expect(err).toBe(
    [
      'Traceback (most recent call last):',
      '  File "dir.d/a b.py", line 4',
      '    f()',
      '  File "dir.d/a b.py", line 3',
      '    return shapes.area("x")',
      `  File "${folder}/shapes.py", line 2`,
      '    return [a] * a',
      "TypeError: can't multiply sequence by non-int of type 'str'",
      '',
    ].join('\n'),
  );
  expect(exitCode).toBe(1);
});

test('a syntax error names its place, in the program and in a module', async () => {
  expect(await run('x = 1\ny = = 2\n')).toEqual({
    out: '',
    err: '  File "app.py", line 2\n    y = = 2\nSyntaxError: bad input\n',
    exitCode: 1,
  });
  const { err } = await run('import broken');
  expect(err).toContain(`File "${folder}/broken.py", line 1\n    x = = 1\n`);
});

test('an endless loop is stopped at the limit, and the next program runs', async () => {
  const { err, exitCode } = await run('while True:\n    pass\n', { execLimit: 30 });
  expect(err).toMatch(/Time(?:Limit|out)Error: Program exceeded run time limit\./);
  expect(exitCode).toBe(1);
  expect((await run('print(1)')).out).toBe('1\n');
});

test('names that Skulpt could not quote do no harm', async () => {
  expect((await run('print(1)', { filename: "it's.py" })).out).toBe('1\n');
  expect((await run('print(1)', { filename: '<string>' })).out).toBe('1\n');
});

test('traces have the names of the program and of the modules beside it', async () => {
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  const module = installSkulptModule(Sk, adapter);
  tracer.start(5);
  await run('import shapes\nkeep = shapes.area(50)\n');
  const [top] = tracer.takeSnapshot().statistics('traceback');
  tracer.stop();
  module.uninstall();
  adapter.detach();
  expect(top?.traceback.frames.map(({ filename, lineno }) => [filename, lineno])).toEqual([
    ['app.py', 2],
    [`${folder}/shapes.py`, 2],
  ]);
});

test('a program that is to throw rejects with its traceback and its exit status, and prints neither', async () => {
  await expect(run('x = 1\n', { throws: true })).resolves.toMatchObject({ exitCode: 0, err: '' });
  const failed = async (source: string) => {
    const { exitCode, message } = await run(source, { throws: true }).catch((error) => error);
    return [exitCode, message];
  };
  expect(await failed('1 / 0\n')).toEqual([
    1,
    'the guest ended with exit status 1:\nTraceback (most recent call last):\n  File "app.py", line 1\n    1 / 0\nZeroDivisionError: integer division or modulo by zero',
  ]);
  expect(await failed('import sys\nsys.exit(3)\n')).toEqual([
    3,
    'the guest ended with exit status 3',
  ]);
});

test('warnings obey their filters, and print where their source was allocated', async () => {
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  const { uninstall } = installSkulptModule(Sk, adapter);
  const source = [
    'import tracemalloc, warnings',
    'class Connection:',
    '    def close(self):',
    "        warnings.warn('not closed', ResourceWarning, stacklevel=2, source=self)",
    'def make():',
    '    return Connection()',
    'make().close()',
    "warnings.simplefilter('always')",
    'make().close()',
    'tracemalloc.start(3)',
    'connection = make()',
    'connection.close()',
    'with warnings.catch_warnings(record=True) as log:',
    '    connection.close()',
    'print(len(log), log[0].source is connection)',
    "warnings.filterwarnings('ignore', message='quiet')",
    "warnings.warn('quiet, please')",
    "warnings.simplefilter('error')",
    'try:',
    "    warnings.warn('boo')",
    'except UserWarning as error:',
    '    print(repr(error))',
  ].join('\n');
  expect(await run(source)).toEqual({
    out: "1 True\nUserWarning('boo')\n",
    err: [
      'ResourceWarning: not closed',
      'ResourceWarning: Enable tracemalloc to get the object allocation traceback',
      'ResourceWarning: not closed',
      'Object allocated at (most recent call last):',
      '  File "app.py", lineno 11',
      '    connection = make()',
      '  File "app.py", lineno 6',
      '    return Connection()',
      '',
    ].join('\n'),
    exitCode: 0,
  });
  uninstall();
  adapter.detach();
});
