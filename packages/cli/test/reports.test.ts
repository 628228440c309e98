import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Surroundings, tracemallocIn } from './command.ts';
import { folderOfSnapshots, newer } from './snapshots.ts';

let folder: string;

beforeAll(() => {
  folder = folderOfSnapshots();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a command prints that must succeed and say nothing on stderr. */
async function output(args: string[], surroundings: Surroundings = {}): Promise<string> {
  const { status, stdout, stderr } = await tracemallocIn(folder, args, surroundings);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const top = `Top 10 lines
#1: src/cache.py:2: 5.0 KiB
#2: lib/json.py:30: 0.5 KiB
#3: src/cache.py:9: 0.1 KiB
Total allocated size: 5.6 KiB
`;

describe('inputs', () => {
  test.each(['new.tm', 'new.tm.gz', 'new.pickle', 'new.pickle.gz', './n*w.tm'])(
    '%s is recognised by its content',
    async (name) => {
      expect(await output(['top', name])).toBe(top);
    },
  );

  test.each(['new.tm', 'new.tm.gz', 'new.pickle', 'new.pickle.gz'])(
    '%s comes from standard input too',
    async (name) => {
      const stdin = readFileSync(join(folder, name));
      expect(await output(['top', '-'], { stdin })).toBe(top);
    },
  );

  test('several are merged, which is said', async () => {
    const { stdout, stderr } = await tracemallocIn(folder, ['top', '-n', '1', '{old,new}.tm']);
    expect(stderr).toBe('Merged 2 snapshots: new.tm, old.tm\n');
    expect(stdout).toBe(`Top 1 lines
#1: src/cache.py:2: 6.0 KiB
2 other: 1.1 KiB
Total allocated size: 7.1 KiB
`);
  });

  test('merge labels what each file had, to tell them apart later', async () => {
    const args = ['merge', '--label-by', 'file', '-o', 'labelled.tm', 'old.tm', 'new.pickle'];
    expect((await tracemallocIn(folder, args)).status).toBe(0);
    const snapshot = load(readFileSync(join(folder, 'labelled.tm')));
    const old = load(readFileSync(join(folder, 'old.tm')));
    const labels = snapshot.statistics('label').map(({ label, size }) => [label, size]);
    const [, oldSize] = labels.find(([label]) => label === 'old.tm')!;
    expect(labels.map(([label]) => label).sort()).toEqual(['new.pickle', 'old.tm']);
    expect(oldSize).toBe(old.statistics('domain').reduce((sum, { size }) => sum + size, 0));
  });

  test('of more labels than are kept apart it is said what is not', async () => {
    const tracer = new Tracer();
    tracer.start();
    for (let i = 0; i < 65_540; i++) tracer.setLabel(tracer.label(`request ${i}`));
    tracer.track(0, 1, 100, [['a.py', 1]]);
    writeFileSync(join(folder, 'labels.tm'), dump(tracer.takeSnapshot()));
    const { stdout, stderr } = await tracemallocIn(folder, [
      'table',
      '--key',
      'label',
      'labels.tm',
    ]);
    expect(stdout).toMatch(/^ *100 B {2}100\.00% +1 {2}\(other labels\)$/m);
    expect(stderr).toBe(
      'tracemalloc: labels.tm: there were more labels than are kept apart: (other labels) are those that came later, asked for 4 times\n',
    );
  });

  test('merge leaves out what it cannot read, if it is told to, and says so', async () => {
    const args = ['merge', '-o', 'rest.tm', 'old.tm', 'cut.tm', 'new.tm'];
    const stopped = await tracemallocIn(folder, args);
    expect([stopped.status, existsSync(join(folder, 'rest.tm'))]).toEqual([1, false]);
    const { status, stderr } = await tracemallocIn(folder, [...args, '--keep-going']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^tracemalloc: left out: can't read cut\.tm: .*\nMerged 2 snapshots: old\.tm, new\.tm\nWrote rest\.tm/,
    );
    expect(load(readFileSync(join(folder, 'rest.tm'))).traces.length).toBe(6);
    expect(await tracemallocIn(folder, ['merge', '-k', '-o', 'none.tm', 'cut.tm'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('none of the files could be read'),
    });
  });

  test('merge folds what has too many sites, and says how far', async () => {
    const args = ['merge', '--max-sites', '2', '-o', 'few.tm', 'old.tm', 'new.tm'];
    const { status, stderr } = await tracemallocIn(folder, args);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /distinct sites; what became one site each: more than 1 that differ in numbers alone, lines with more than 1 stacks.*; --map and filters make them fewer, merge --max-sites keeps more\nWrote few\.tm/,
    );
    const [few, ...all] = ['few.tm', 'old.tm', 'new.tm'].map((name) =>
      load(readFileSync(join(folder, name))),
    );
    const bytes = ({ data }: Snapshot) => data.sites.liveSize.reduce((sum, size) => sum + size, 0);
    expect(few!.data.sites.length).toBeLessThanOrEqual(2);
    expect(bytes(few!)).toBe(all.reduce((sum, snapshot) => sum + bytes(snapshot), 0));
  });

  test('merge writes what several add up to', async () => {
    const args = ['merge', '-o', 'both.tm', 'old.tm', 'new.pickle'];
    const { status, stderr } = await tracemallocIn(folder, args);
    const bytes = readFileSync(join(folder, 'both.tm'));
    expect(status).toBe(0);
    expect(stderr).toBe(
      `Merged 2 snapshots: old.tm, new.pickle\nWrote both.tm (${bytes.length} bytes)\n`,
    );
    expect(load(bytes).traces.length).toBe(6);
  });
});

describe('filters', () => {
  const line2 = '#1: src/cache.py:2: 5.0 KiB';
  const line9 = '#1: src/cache.py:9: 0.1 KiB';
  const json = '#1: lib/json.py:30: 0.5 KiB';

  test.each<[string[], string[]]>([
    [['--include', 'lib/*'], [json]],
    [['--include', 'src/*:9'], [line9]],
    [['--exclude', 'src/**'], [json]],
    [
      ['--include', 'src/*', '--include', 'lib/*', '--exclude', 'src/*:2'],
      [json, '#2: src/cache.py:9: 0.1 KiB'],
    ],
    [['--include', '*.py'], []],
    [
      ['--filter', '*.py', '--filter-out', '*cache.py:2'],
      [json, '#2: src/cache.py:9: 0.1 KiB'],
    ],
    [['--domain', '7'], [line9]],
    [['--domain', '7', '--include', 'lib/*'], []],
    [['--all-frames', '--include', 'main.py', '--domain', '7'], [line9]],
    [['--include', 'main.py'], []],
    [['--type', 'nothing*'], []],
    [
      ['--all-frames', '--include', 'main.py:7', '-n', '1'],
      [line2, '2 other: 0.6 KiB'],
    ],
  ])('%j', async (options, expected) => {
    const { status, stdout, stderr } = await tracemallocIn(folder, ['top', ...options, 'new.tm']);
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(1, -2)).toEqual(expected);
    const isEmpty = expected.length === 0;
    expect(stderr).toBe(isEmpty ? 'tracemalloc: the filters leave no trace of the snapshot\n' : '');
  });

  test('--type looks at names of types', async () => {
    const rows = JSON.parse(
      await output(['table', '--json', '--metric', 'allocated', '--type', 'b?g', 'counted.tm']),
    );
    expect(rows.rows).toEqual([expect.objectContaining({ size: 5000, count: 1, type: 'big' })]);
  });
});

describe('reports', () => {
  test('diff in the words of the documentation, with both names of its key', async () => {
    const expected = `[ Top 2 differences ]
src/cache.py:0: size=5220 B (+4196 B), count=3 (+2), average=1740 B
… 1 did not
Total: size=5732 B (+4196 B), count=4 (+2), average=1433 B
`;
    for (const key of ['--key', '--group-by']) {
      expect(await output(['diff', '-n', '2', key, 'filename', 'old.tm', 'new.tm'])).toBe(expected);
    }
  });

  test('tree, narrow and in bytes', async () => {
    expect(
      await output(['tree', '--units', 'raw', 'new.tm'], { width: 40 }),
    ).toBe(`📂 5732 (100.00 %) <ROOT>
📂 5732 (100.00 %) main.py:7
├─ 📄 5120 (89.32 %) src/cache.py:2
├─ 📄 512 (8.93 %) lib/json.py:30
└─ 📄 100 (1.74 %) src/cache.py:9
`);
  });

  test('lines with the source that is there', async () => {
    writeFileSync(join(folder, 'main.py'), '1\n2\n3\n4\n5\n6\nrun()\n');
    const text = await output(['lines', '--file', 'main.py', 'new.tm']);
    expect(text.split('\n').slice(-2)).toEqual(['     7  5732 B       4  run()', '']);
  });

  test.each(['summary', 'table', 'tree', 'stats', 'lines', 'growth', 'top'])(
    '%s is JSON for programs, the same on a terminal',
    async (name) => {
      const text = await output([name, '--json', 'counted.tm'], { terminal: true });
      expect(JSON.parse(text)).toMatchObject({ metric: name === 'stats' ? 'allocated' : 'live' });
      expect(await output([name, '--json', '--color', 'counted.tm'])).toBe(text);
    },
  );

  test('colours are for terminals, and --color, --no-color and NO_COLOR say otherwise', async () => {
    const sequence = '\u001b[';
    const args = ['summary', 'new.tm'];
    const terminal = true;
    expect(await output(args, { terminal })).toContain(sequence);
    expect(await output(args)).not.toContain(sequence);
    expect(await output([...args, '--color'])).toContain(sequence);
    expect(await output([...args, '--no-color'], { terminal })).not.toContain(sequence);
    expect(await output(args, { terminal, env: { NO_COLOR: '1' } })).not.toContain(sequence);
    expect(await output(args, { terminal, env: { TERM: 'dumb' } })).not.toContain(sequence);
  });

  test('-o writes a file instead, and - is standard output', async () => {
    expect(await output(['top', '-o', '-', 'new.tm'])).toBe(top);
    expect(await tracemallocIn(folder, ['top', '-o', 'top.txt', 'new.tm'])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'Wrote top.txt\n',
    });
    expect(readFileSync(join(folder, 'top.txt'), 'utf8')).toBe(top);
  });

  test.each([
    ['new.tm', 'new.html'],
    ['new.pickle.gz', 'new.html'],
    ['{old,new}.tm', 'report.html'],
  ])('report %s writes %s', async (name, html) => {
    const { status, stderr } = await tracemallocIn(folder, ['flamegraph', '--force', name]);
    const text = readFileSync(join(folder, html), 'utf8');
    expect(status).toBe(0);
    expect(stderr.endsWith(`Wrote ${html} (${Buffer.byteLength(text)} bytes)\n`)).toBe(true);
    expect(text.startsWith('<!doctype html>')).toBe(true);
  });
});

describe('convert', () => {
  test.each([
    ['a.tm', 'TM'],
    ['a.pprof', '\u001f\u008b'],
    ['a.pb.gz', '\u001f\u008b'],
    ['a.pickle', '\u0080'],
    ['a.speedscope.json', '{"$schema":"https://www.speedscope.app'],
    ['a.collapsed', 'main.py'],
    ['a.heapprofile', '{"head":'],
    ['a.firefox.json', '{"meta":'],
    ['a.csv', 'size'],
    ['a.json', '{'],
  ])('to %s', async (name) => {
    const { status, stderr } = await tracemallocIn(folder, ['convert', 'new.tm', name]);
    const { length } = readFileSync(join(folder, name));
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Wrote ${name} (${length} bytes)\n` });
  });

  test('in a pipe: --to says what the name does not', async () => {
    const stdin = readFileSync(join(folder, 'new.pickle'));
    const text = await output(['convert', '--to', 'tm', '-', '-'], { stdin });
    const back = load(Buffer.from(text, 'latin1'));
    expect(back.statistics('lineno').join('\n')).toBe(newer.statistics('lineno').join('\n'));
  });
});
