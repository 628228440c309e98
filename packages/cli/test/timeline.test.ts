import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { recordTimeline } from '@tracemalloc/core/timeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Surroundings, tracemallocIn } from './command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-cli-'));
  writeFileSync(join(folder, 'timed.tm'), dump(recorded(true)));
  writeFileSync(join(folder, 'untimed.tm'), dump(recorded(false)));
  writeFileSync(join(folder, 'plain.tm'), dump(recorded(null)));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/**
 * By milliseconds: load keeps 1000 B at 10 and 2000 B at 20, work takes 5000 B from 30 to 50 and keeps
 * 100 B of it. Marks at 25 and 55.
 */
function recorded(hasClock: boolean | null): Snapshot {
  let now = 0;
  const tracer = new Tracer();
  tracer.start(1);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const clock = { clock: () => now, hostHeap: () => 20_000 + now * 100 };
  if (hasClock !== null) {
    recordTimeline(tracer, { every: '1 event', ...(hasClock ? clock : {}) });
  }
  const at = (time: number, line: number, id: number, size: number) => {
    now = time;
    const frame = tracer.frame(tracer.string('app.py'), line, tracer.string('f'));
    tracer.alloc(heap, id, size, tracer.extend(0, frame), tracer.type('list'));
  };
  at(10, 1, 1, 1000);
  at(20, 1, 2, 2000);
  now = 25;
  tracer.mark('loaded');
  at(30, 2, 3, 4900);
  at(40, 2, 4, 100);
  now = 50;
  tracer.free(heap, 3);
  now = 55;
  tracer.mark('50%');
  at(60, 1, 5, 7);
  now = 100;
  return tracer.takeSnapshot();
}

const run = (args: string[], surroundings: Surroundings = {}) =>
  tracemallocIn(folder, args, surroundings);

async function output(args: string[], surroundings: Surroundings = {}): Promise<string> {
  const { status, stdout, stderr } = await run(args, surroundings);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

describe('a report of a part of the time line', () => {
  test.each([
    ['what was allocated in it and is still there', ['top'], ['app.py:2: 0.1 KiB']],
    ['what was allocated in it', ['top', '--metric', 'allocated'], ['app.py:2: 4.9 KiB']],
    ['its highest moment', ['top', '--metric', 'peak'], ['app.py:2: 4.9 KiB', 'app.py:1: 2.9 KiB']],
  ])('tells %s', async (_, args, lines) => {
    const text = await output([...args, '--from', 'loaded', '--to', 'mark:50%', 'timed.tm']);
    const listed = text.split('\n').filter((line) => /^#\d/.test(line));
    expect(listed.map((line) => line.replace(/^#\d: /, ''))).toEqual(lines);
  });

  test('and what grew in it, compared with itself', async () => {
    expect(await output(['diff', '--from', '15ms', '--to', '0.055s', 'timed.tm'])).toBe(
      `[ Top 10 differences ]
app.py:1: size=3000 B (+2000 B), count=2 (+1), average=1500 B
app.py:2: size=100 B (+100 B), count=1 (+1), average=100 B
Total: size=3100 B (+2100 B), count=3 (+2), average=1033 B
`,
    );
    expect(await output(['growth', '--from', '15', '--to', '100%', 'timed.tm'])).toContain('+3');
  });

  test.each(['summary', 'table', 'tree', 'stats', 'lines'])('%s takes it, too', async (report) => {
    const args = ['--from', '30', '--to', '50%', '--metric', 'allocated', '--json', 'timed.tm'];
    expect(await output([report, ...args])).not.toBe(await output([report, ...args.slice(4)]));
  });

  test('parts are of what was allocated where there was no clock', async () => {
    const text = await output(['top', '--metric', 'allocated', '--to', '37%', 'untimed.tm']);
    expect(text).toContain('Total allocated size: 2.9 KiB');
  });

  test.each([
    [
      ['--from', '50ms', '--to', '20ms'],
      'timed.tm',
      1,
      '--from must not be after --to, got 50 ms and 20 ms',
    ],
    [['--from', '101%'], 'timed.tm', 2, "--from must be at most 100%, got '101%'"],
    [
      ['--to', 'nowhere'],
      'timed.tm',
      1,
      "'nowhere' is none of the time line: its marks are loaded, 50%",
    ],
    [['--from', '5ms'], 'untimed.tm', 1, 'the time line was recorded without a clock'],
    [['--from', '5ms'], 'plain.tm', 1, '--from and --to need a time line, and there is none'],
  ])('%j of %s is refused', async (args, file, status, message) => {
    const result = await run(['top', ...args, file]);
    expect({ status: result.status, stdout: result.stdout }).toEqual({ status, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  test('diff of one snapshot without a range says what it needs', async () => {
    const { status, stderr } = await run(['diff', 'timed.tm']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'tracemalloc: diff compares two snapshots: name the later one, too, or a part of the time line of one by --from and --to\n',
    });
  });
});

describe('plot', () => {
  test('prints points, marks and peak as data', async () => {
    const { points, marks, peak, peakTime } = JSON.parse(
      await output(['plot', '--json', 'timed.tm']),
    );
    expect({ marks, peak, peakTime }).toEqual({
      marks: [
        { time: 25, name: 'loaded', allocated: 3000 },
        { time: 55, name: '50%', allocated: 8000 },
      ],
      peak: 8000,
      peakTime: 50,
    });
    expect(
      points.map((point: { time: number; bytes: number }) => [point.time, point.bytes]),
    ).toEqual([
      [0, 0],
      [20, 1000],
      [25, 3000],
      [40, 7900],
      [50, 8000],
      [55, 3100],
      [100, 3107],
    ]);
    expect(points[1]).toEqual({
      ...{ time: 20, bytes: 1000, blocks: 1, host: 22_000, min: 0, max: 1000 },
      ...{ allocated: 1000, events: 1 },
    });
  });

  test('draws in the terminal', async () => {
    expect(await output(['plot', 'timed.tm'], { width: 60 })).toMatchInlineSnapshot(`
      "Traced memory: 8000 B at 50 ms, 3107 B at the end
      8000 B │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢰⠒⠒⠒⠒⠒⠋⠉⢹⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      4000 B │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⢸⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡖⠒⠒⠒⠒⠒⠒⠚⠀⠀⠀⠀⠀⠀⠀⠘⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡖⠒⠒⠃⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
         0 B │⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
             └─────────────1──────────────2───────────────────────
              0 ms                                          100 ms
      Marks:
        1  25 ms  loaded
        2  55 ms  50%
      The host's own heap: 29.3 KiB
      29.3 KiB │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡈
               │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠉⠉⠉⠉⠉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      14.6 KiB │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
               │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
           0 B │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
               └──────────────────────────────────────────────────
                0 ms                                        100 ms
      "
    `);
  });

  test.each([40, 80, 200])(
    'fits %i columns, without colours where they are refused',
    async (width) => {
      const text = await output(['plot', 'untimed.tm', 'timed.tm'], {
        ...{ width, terminal: true, env: { NO_COLOR: '1' } },
      });
      expect(text).not.toContain('\u001b');
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(width);
    },
  );

  test('writes a picture, in which names are text', async () => {
    writeFileSync(join(folder, '<b>&.tm'), readFileSync(join(folder, 'timed.tm')));
    const { status, stderr } = await run(['plot', '-o', 'a.svg', '<b>&.tm', 'untimed.tm']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'Wrote a.svg\n' });
    const svg = readFileSync(join(folder, 'a.svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [\s\S]*<\/svg>\n$/);
    expect(svg).toContain('&lt;b&gt;&amp;.tm, peak 8000 B');
    expect(svg).not.toMatch(/<b>|<script|href/);
  });

  test('says how to get what a snapshot lacks', async () => {
    const { status, stderr } = await run(['plot', 'plain.tm']);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'tracemalloc: plain.tm has no time line: run the program with `tracemalloc run --timeline -o app.tm app.py`\n',
    });
  });
});

describe('run --timeline', () => {
  beforeAll(() => {
    const program = 'kept = {}\nfor i = 1, 2000 do kept[i] = { i } end\nprint(#arg)\n';
    writeFileSync(join(folder, 'app.lua'), program);
  });

  test('records one, and what follows is the program', async () => {
    const { status, stdout } = await run([
      'run',
      '-q',
      '--timeline',
      '-o',
      'lua.tm',
      'app.lua',
      'a',
    ]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1\n' });
    const { timeline } = load(new Uint8Array(readFileSync(join(folder, 'lua.tm'))));
    expect(timeline!.points.host![0]).toBeGreaterThan(1e6);
    expect(timeline!.points.time!.at(-1)).toBeGreaterThan(0);
    expect(timeline!.deaths).not.toBe(null);
  });

  test('without a clock, equal runs write equal files', async () => {
    for (const name of ['one.tm', 'two.tm']) {
      const args = ['run', '-q', '--timeline=4KiB', '--no-clock', '-o', name, 'app.lua'];
      expect((await run(args)).status).toBe(0);
    }
    const [one, two] = ['one.tm', 'two.tm'].map((name) => readFileSync(join(folder, name)));
    expect(one!.equals(two!)).toBe(true);
    expect(load(new Uint8Array(one!)).timeline!.points.length).toBeGreaterThan(20);
  });

  test.each([
    ['--timeline=0ms', '0ms'],
    ['--timeline=-5KiB', '-5KiB'],
    ['--timeline=often', 'often'],
    ['--timeline=1e999s', '1e999s'],
  ])('%s is refused before anything runs', async (option, text) => {
    const { status, stdout, stderr } = await run(['run', option, '-o', 'no.tm', 'app.lua']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(text);
    expect(stderr).toContain("such as '10 ms', '64 KiB' or '1000 events'");
    expect(existsSync(join(folder, 'no.tm'))).toBe(false);
  });

  test('a point of so much time needs the clock', async () => {
    const { status, stderr } = await run(['run', '--no-clock', '--timeline', 'app.lua']);
    expect(status).toBe(2);
    expect(stderr).toContain('--no-clock goes with --timeline=64KiB or --timeline=1000events');
  });
});
