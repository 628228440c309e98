import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Snapshot } from '@tracemalloc/core';
import { dumpPickle } from '@tracemalloc/formats/pickle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

let folder: string;

/** A pickle of one block in a file, without its beginning and its end. */
function body(file: string): Uint8Array {
  return dumpPickle(Snapshot.fromTraces([[0, 10, [[file, 1]], 1]], 1)).subarray(2, -1);
}

function pickle(...parts: (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat([
    Buffer.from([0x80, 4]),
    ...parts.map((part) => Buffer.from(part)),
    Buffer.from('.'),
  ]);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-pickles-'));
  const files = {
    'list.pickle': pickle('](', body('a.py'), body('b.py'), 'e'),
    'row.pickle': Buffer.concat([pickle(body('a.py')), pickle(body('b.py'))]),
    'odd#1.pickle': pickle(body('c.py')),
    'foreign.pickle': pickle('cos\x1b[31m\nsystem\n'),
    'packed.pickle.gz': gzipSync(pickle(body('a.py'))),
    'bomb.pickle.gz': gzipSync(
      Buffer.concat([Buffer.from([0x80, 4, 0x28]), Buffer.alloc(9e7, 'N')]),
    ),
    'packed.pickle.bz2': Buffer.from('BZh91AY&SY'),
    'packed.pickle.xz': Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Files in a report, and what was said on stderr. */
async function filesOf(
  ...args: string[]
): Promise<[status: number, files: string[], said: string]> {
  const { status, stdout, stderr } = await tracemallocIn(folder, ['table', ...args, '--json']);
  return [status, [...new Set(stdout.match(/[abc]\.py/g) ?? [])], stderr];
}

test('a pickle of several snapshots is several inputs, or one of them by its number', async () => {
  expect(await filesOf('list.pickle')).toEqual([
    0,
    ['a.py', 'b.py'],
    'Merged 2 snapshots: list.pickle#1, list.pickle#2\n',
  ]);
  expect(await filesOf('list.pickle#2')).toEqual([0, ['b.py'], '']);
  expect(await filesOf('list.pickle#3')).toEqual([
    1,
    [],
    'tracemalloc: list.pickle has no snapshot 3: it holds 2; name list.pickle#1 to list.pickle#2\n',
  ]);
  expect(await filesOf('odd#1.pickle')).toEqual([0, ['c.py'], '']);
});

test('of two pickles in a row the first is read, which is said; the other has a number', async () => {
  const at = pickle(body('a.py')).length;
  expect(await filesOf('row.pickle')).toEqual([
    0,
    ['a.py'],
    `tracemalloc: row.pickle: another pickle follows at byte ${at}: the first is read, as Snapshot.load does\n`,
  ]);
  expect(await filesOf('row.pickle#2')).toEqual([0, ['b.py'], '']);
});

test('gzip is unpacked, to a bound; other packers are named, with what unpacks their files', async () => {
  expect(await filesOf('packed.pickle.gz')).toEqual([0, ['a.py'], '']);
  const [status, , said] = await filesOf('bomb.pickle.gz');
  expect([status, said.replace(/\d+/g, 'N')]).toEqual([
    1,
    "tracemalloc: can't read bomb.pickle.gz: its N bytes unpack to more than N; if you trust it, unpack it with gunzip first\n",
  ]);
  const one = 'and only gzip is unpacked here; unpack it with';
  expect(await filesOf('packed.pickle.bz2')).toEqual([
    1,
    [],
    `tracemalloc: can't read packed.pickle.bz2: it is packed by bzip2, ${one} bunzip2\n`,
  ]);
  expect(await filesOf('packed.pickle.xz')).toEqual([
    1,
    [],
    `tracemalloc: can't read packed.pickle.xz: it is packed by xz, ${one} unxz\n`,
  ]);
});

test('what a file names can not write to the terminal', async () => {
  const [, , said] = await filesOf('foreign.pickle');
  expect(said).toBe(
    "tracemalloc: can't read foreign.pickle: refused-class pickle: it names os\\u{1b}[31m.system, and only tracemalloc.Snapshot is ever built from a pickle (at byte 19)\n",
  );
});

test('convert writes pickles for older Pythons on request', async () => {
  const { status } = await tracemallocIn(folder, [
    'convert',
    '--to',
    'pickle-3.4',
    'odd#1.pickle',
    'old.pickle',
  ]);
  expect(status).toBe(0);
  expect(await filesOf('old.pickle')).toEqual([0, ['c.py'], '']);
});
