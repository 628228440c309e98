import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tracemalloc/core/codec';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

const program = `import asyncio, os, sys, tracemalloc
from pack import helper
print(__name__, sys.argv, __file__ == 'FOLDER/app.py', os.getcwd() == 'FOLDER')
print(open('data.txt').read(), 'é')
with open('made.txt', 'w') as file:
    file.write('line\\n' * 3)
os.rename('made.txt', 'kept.txt')
async def work():
    global kept
    await asyncio.sleep(0.01)
    kept = [bytearray(1000) for _ in range(100)]
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
rows = helper.rows(300)
try:
    open('none.txt')
except OSError:
    print('there is none')
sys.stderr.write('an error\\n')
asyncio.run(work())
`;

const guestProgram = `import tracemalloc
tracemalloc.start(5)
def make(n):
    return [bytearray(100) for _ in range(n)]
one = make(10)
first = tracemalloc.take_snapshot()
two = make(20)
second = tracemalloc.take_snapshot()
print(second.statistics('lineno')[0])
print(repr(second.compare_to(first, 'lineno')[0]))
print('\\n'.join(second.statistics('traceback')[0].traceback.format()))
print(tracemalloc.get_object_traceback(one[3]), len(second.traces) > 60)
helper = second.filter_traces([tracemalloc.Filter(True, '*app.py', 4), tracemalloc.DomainFilter(True, 0)])
print(len(helper.traces), helper.traces[-1], tracemalloc.get_traceback_limit())
second.dump('snapshot.tm')
print(tracemalloc.Snapshot.load('snapshot.tm').statistics('lineno') == second.statistics('lineno'))
for wrong in (lambda: tracemalloc.start(0), lambda: second.statistics('x'), lambda: tracemalloc.start('1')):
    try:
        wrong()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
def fail():
    raise ValueError('no')
fail()
`;

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-micropython-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a program runs in MicroPython as in python: files, packages, arguments, tasks', () =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, 'pack'));
    writeFileSync(join(folder, 'app.py'), program.replaceAll('FOLDER', folder));
    writeFileSync(join(folder, 'data.txt'), 'of the disk');
    writeFileSync(join(folder, 'pack/__init__.py'), '');
    writeFileSync(
      join(folder, 'pack/helper.py'),
      "def rows(n):\n    return [{'i': i, 'text': str(i)} for i in range(n)]\n",
    );
    const args = ['run', '-q', '--interpreter', 'micropython', '-o', 'app.tm', 'app.py', 'a'];
    const { status, stdout, stderr } = await tracemallocIn(folder, args);
    expect(stdout.split('\n')).toEqual([
      "__main__ ['app.py', 'a'] True True",
      'of the disk é',
      'False (0, 0)',
      'there is none',
      '',
    ]);
    expect([status, stderr]).toEqual([0, 'an error\n']);
    expect(readFileSync(join(folder, 'kept.txt'), 'utf8')).toBe('line\nline\nline\n');
    expect(existsSync(join(folder, 'made.txt'))).toBe(false);
    const lines = load(readFileSync(join(folder, 'app.tm')))
      .statistics('lineno')
      .map(({ traceback, count }) => [String(traceback), count]);
    // Of each bytearray two blocks; of each row three, and a text.
    expect(lines.slice(0, 2)).toEqual([
      [join(folder, 'app.py:11'), 202],
      [join(folder, 'pack/helper.py:2'), 1202],
    ]);
    expect(
      lines.map(([place]) => place).filter((place) => /stdin|unknown/.test(String(place))),
    ).toEqual([]);
  }));

test('import tracemalloc in MicroPython is CPython’s, and an error ends with status 1', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'app.py'), guestProgram);
    const args = ['run', '-q', '--interpreter', 'micropython', '-o', 'app.tm', 'app.py'];
    const { status, stdout, stderr } = await tracemallocIn(folder, args);
    const app = join(folder, 'app.py');
    expect(stdout.replaceAll(app, 'app.py')).toMatchInlineSnapshot(`
      "app.py:4: size=4128 B, count=68, average=61 B
      <StatisticDiff traceback=<Traceback (<Frame filename='app.py' lineno=4>,)> size=4128 (+2736) count=68 (+44)>
        File "app.py", line 7
          two = make(20)
        File "app.py", line 4
          return [bytearray(100) for _ in range(n)]
        File "app.py", line 4
          return [bytearray(100) for _ in range(n)]
      app.py:5 True
      70 app.py:7: 64 B 5
      True
      ValueError the number of frames must be in range [1; 65535]
      ValueError unknown key_type: 'x'
      TypeError 'str' object cannot be interpreted as an integer
      "
    `);
    expect(stderr.replaceAll(app, 'app.py')).toBe(`Traceback (most recent call last):
  File "app.py", line 24, in <module>
  File "app.py", line 23, in fail
ValueError: no
`);
    expect(status).toBe(1);
  }));

test('sys.exit has the status of python', () =>
  inFolder(async (folder) => {
    const ends = [];
    for (const code of ['3', '', "'text'", 'None', '300']) {
      const source = `import sys\nsys.exit(${code})`;
      const args = [
        'run',
        '-q',
        '--interpreter',
        'micropython',
        '-o',
        'a.tm',
        '--force',
        '-c',
        source,
      ];
      const { status, stderr } = await tracemallocIn(folder, args);
      ends.push([status, stderr]);
    }
    expect(ends).toEqual([
      [3, ''],
      [0, ''],
      [1, 'text\n'],
      [0, ''],
      [44, ''],
    ]);
  }));
