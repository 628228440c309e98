import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tracemalloc/core/codec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Result, tracemallocIn } from './command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-skulpt-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skulpt(...args: string[]): Promise<Result> {
  return tracemallocIn(folder, ['run', '--interpreter', 'skulpt', ...args]);
}

test('a program runs, and the report has its lines', async () => {
  writeFileSync(
    join(folder, 'helper.py'),
    'def make(n):\n    return [0.5 * i for i in range(n)]\n',
  );
  writeFileSync(join(folder, 'app.py'), 'import helper\nkeep = helper.make(100)\nprint("done")\n');
  const { status, stdout, stderr } = await skulpt('app.py');
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'done\n' });
  expect(stderr).toMatch(/#1: .*helper\.py:2: \d\.\d KiB\n {4}return \[0\.5 \* i/);
});

test('table and stats say what made the blocks; the lines are the program’s', async () => {
  const code = 'kept = []\nfor i in range(9): kept.append(i + 1000)';
  const run = ['--allocators', '-q', '-o', 'made.tm', '-c', code];
  expect(await skulpt(...run)).toEqual({ status: 0, stdout: '', stderr: '' });
  const report = (...args: string[]) => tracemallocIn(folder, [...args, 'made.tm']);
  const { rows } = JSON.parse((await report('table', '--json', '--include', '<string>')).stdout);
  const made = rows.map(
    (row: { type: string; allocator: string }) => `${row.type}: ${row.allocator}`,
  );
  expect(made).toContain('list: list growth');
  expect((await report('stats')).stdout).toContain('  - list growth: 128 B (');
  expect((await report('top')).stdout).not.toContain('js:');
});

test('a program traces itself and dumps, where it was started', async () => {
  const code =
    'import tracemalloc; tracemalloc.start(3); x = [1.5]; tracemalloc.take_snapshot().dump("x.tm"); tracemalloc.stop()';
  expect(await skulpt('--nframe', '0', '-q', '-c', code)).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect(load(readFileSync(join(folder, 'x.tm'))).tracebackLimit).toBe(3);
});

test('an error ends it with status 1, sys.exit with its own', async () => {
  const failed = await skulpt('-q', '-c', 'x = 1\nraise ValueError(x)');
  expect(failed.status).toBe(1);
  expect(failed.stderr).toBe(
    'Traceback (most recent call last):\n  File "<string>", line 2\n    raise ValueError(x)\nValueError: 1\n',
  );
  expect((await skulpt('-q', '-c', 'import sys; sys.exit(7)')).status).toBe(7);
});

/** What differs by design: Skulpt's tracebacks have no names of functions. */
const comparable = ({ stderr, ...result }: Result): Result => ({
  ...result,
  stderr: stderr.replaceAll(/(line \d+), in \S+/g, '$1'),
});

test('a program runs and ends as in Brython', async () => {
  const parts = join(folder, 'parts');
  mkdirSync(parts);
  const fail = 'name = __name__\ndef fail(x):\n    raise KeyError(x)\n';
  writeFileSync(join(parts, '__init__.py'), 'from parts import inner\n');
  writeFileSync(join(parts, 'inner.py'), fail);
  writeFileSync(
    join(parts, '__main__.py'),
    'import sys, parts\nprint(sys.argv[1:], __name__, parts.inner.name)\nparts.inner.fail("k")\n',
  );
  const args = ['-q', '-m', 'parts', '-v'];
  const result = comparable(await skulpt(...args));
  expect(result.stdout).toBe("['-v'] __main__ parts.inner\n");
  expect(result).toEqual(comparable(await tracemallocIn(folder, ['run', ...args])));
});
