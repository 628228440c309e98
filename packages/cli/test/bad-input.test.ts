import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';
import { folderOfSnapshots } from './snapshots.ts';

let folder: string;

beforeAll(() => {
  folder = folderOfSnapshots();
  mkdirSync(join(folder, 'folder'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const noSnapshot = "is neither a snapshot of ours nor a pickle of CPython's Snapshot.dump()";

describe('a file that is no snapshot ends every command with a line and status 1', () => {
  test.each([
    ['missing.tm', "can't read missing.tm: no such file or directory"],
    ['folder', "can't read folder: it is a directory"],
    ['new.tm/x', "can't read new.tm/x: a part of its path is no directory"],
    ['empty.tm', "can't read empty.tm: it is empty"],
    ['noise.tm', `noise.tm ${noSnapshot}`],
    ['other.msgpack', `other.msgpack ${noSnapshot}`],
    ['zip.gz', `zip.gz ${noSnapshot}`],
    [
      'other.pickle',
      "can't read other.pickle: corrupt pickle: it holds no tracemalloc.Snapshot (at byte 21)",
    ],
    [
      'cut.tm',
      "can't read cut.tm: truncated snapshot: the file ends after the section at byte 125 (at byte 200)",
    ],
    [
      'cut.pickle',
      "can't read cut.pickle: truncated pickle: it ends inside the opcode at byte 99 (at byte 100)",
    ],
    ['none*.tm', "no file fits 'none*.tm'"],
  ])('%s', async (name, message) => {
    const expected = { status: 1, stdout: '', stderr: `tracemalloc: ${message}\n` };
    const before = readdirSync(folder);
    for (const args of [
      ['top', name],
      ['diff', 'new.tm', name],
      ['check', name, '--max', '1MB'],
      ['convert', name, 'out.json'],
      ['report', '-o', 'out.html', name],
      ['tree', '--json', name],
    ]) {
      expect(await tracemallocIn(folder, args)).toEqual(expected);
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  test('standard input is called so', async () => {
    const { stderr } = await tracemallocIn(folder, ['top', '-'], { stdin: 'hello' });
    expect(stderr).toBe(`tracemalloc: standard input ${noSnapshot}\n`);
  });
});

describe('what is asked for and can not be', () => {
  test.each<[number, string[], string]>([
    [
      1,
      ['summary', '--metric', 'peak', 'new.pickle'],
      "tracemalloc: the snapshot does not know the metric 'peak': it was not counted where the snapshot was taken; it knows live\n",
    ],
    [
      1,
      ['lines', '--file', 'nope.py', 'new.tm'],
      "tracemalloc: no traceback of the snapshot names the file 'nope.py'\n",
    ],
    [
      2,
      ['diff', '--key', 'type', '--cumulative', 'old.tm', 'new.tm'],
      "tracemalloc: --cumulative goes with --key lineno, filename or function, got 'type'\n",
    ],
    [
      2,
      ['top', '--include', ':3', 'new.tm'],
      "tracemalloc: --include must name files before the line, got ':3'\n",
    ],
    [
      2,
      ['top', '--domain', 'x', 'new.tm'],
      "tracemalloc: option '--domain <n>' argument 'x' is invalid. It must be an integer in 0..4294967295.\n",
    ],
    [
      2,
      ['top', '-n', '0', 'new.tm'],
      "tracemalloc: option '-n, --limit <n>' argument '0' is invalid. It must be an integer above 0.\n",
    ],
    [2, ['check', 'new.tm'], 'tracemalloc: check needs --baseline OLD, --max SIZE, or both\n'],
    [
      2,
      ['check', 'new.tm', '--max', '3 apples'],
      "tracemalloc: option '--max <size>' argument '3 apples' is invalid. It must be a size such as 4096, 64KiB or 1.5MB.\n",
    ],
    [
      2,
      ['check', 'new.tm', '--tolerance', '2%%'],
      "tracemalloc: option '--tolerance <more>' argument '2%%' is invalid. It must be a percentage such as 2%, or a size such as 64KiB.\n",
    ],
    [
      2,
      ['diff', '-', '-'],
      'tracemalloc: standard input (-) can be read once, and is named twice\n',
    ],
    [
      2,
      ['check', 'new.tm', '--limit', '10MiB'],
      "tracemalloc: option '-n, --limit <n>' argument '10MiB' is invalid. It is a number of lines: bytes are --max.\n",
    ],
    [
      2,
      ['transform', 'new.tm'],
      "tracemalloc: unknown command 'transform': snapshots are rewritten by `tracemalloc convert`\n",
    ],
    [
      2,
      ['tree', '--interactive', 'new.tm'],
      'tracemalloc: --interactive needs a terminal for standard input and output\n',
    ],
    [
      2,
      ['convert', 'new.tm', '-'],
      'tracemalloc: standard output has no name that says a format: add --to\n',
    ],
    [
      2,
      ['convert', '--metric', 'live', 'new.tm', 'x.pprof'],
      'tracemalloc: --metric goes with speedscope, collapsed, heapprofile; pprof has every metric that it can hold\n',
    ],
    [
      2,
      ['run', '-o', 'x', '--report', 'x', '-c', '1'],
      'tracemalloc: --output and --report name the same file, x\n',
    ],
  ])('%i %j', async (status, args, stderr) => {
    expect(await tracemallocIn(folder, args)).toEqual({ status, stdout: '', stderr });
  });
});

describe('an output', () => {
  const writers = [
    ['convert', 'new.tm'],
    ['merge', 'old.tm', 'new.tm', '-o'],
    ['report', 'new.tm', '-o'],
    ['top', 'new.tm', '-o'],
  ];

  test.each(writers)('%s that exists is kept, until --force', async (...args) => {
    writeFileSync(join(folder, 'there.csv'), 'precious');
    const kept = {
      status: 1,
      stdout: '',
      stderr:
        'tracemalloc: there.csv exists and is not overwritten: name another file, or add --force\n',
    };
    expect(await tracemallocIn(folder, [...args, 'there.csv'])).toEqual(kept);
    expect(readFileSync(join(folder, 'there.csv'), 'utf8')).toBe('precious');
    expect((await tracemallocIn(folder, [...args, 'there.csv', '--force'])).status).toBe(0);
    expect(readFileSync(join(folder, 'there.csv'), 'utf8')).not.toBe('precious');
  });

  test.each(writers)('%s in no folder, or that is one', async (...args) => {
    const missing = "tracemalloc: can't write no/where.csv: there is no folder no; make it first\n";
    expect(await tracemallocIn(folder, [...args, 'no/where.csv'])).toEqual({
      status: 1,
      stdout: '',
      stderr: missing,
    });
    mkdirSync(join(folder, 'is.csv'), { recursive: true });
    const directory = "tracemalloc: can't write is.csv: it is a directory\n";
    expect(await tracemallocIn(folder, [...args, 'is.csv', '--force'])).toEqual({
      status: 1,
      stdout: '',
      stderr: directory,
    });
  });

  test('that may not be written is left as it is', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const { status } = await tracemallocIn(folder, ['convert', 'new.tm', 'locked/a.tm']);
    // The superuser may write everywhere.
    expect(status).toBe(process.getuid?.() === 0 ? 0 : 1);
  });

  test('that is a device is written to and never replaced', async () => {
    expect(
      (await tracemallocIn(folder, ['convert', '--to', 'tm', 'new.tm', '/dev/null'])).status,
    ).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a conversion that fails leaves nothing behind', async () => {
    const before = readdirSync(folder);
    const args = ['convert', '--metric', 'peak', 'new.tm', 'out.folded'];
    const { status, stderr } = await tracemallocIn(folder, args);
    expect(status).toBe(1);
    expect(stderr).toContain("can't write out.folded as collapsed: ");
    expect(readdirSync(folder)).toEqual(before);
  });
});
