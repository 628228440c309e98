import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';
import { folderOfSnapshots } from './snapshots.ts';

let folder: string;

beforeAll(() => {
  folder = folderOfSnapshots();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const within = 'live memory is within what is allowed: 5732 B\n';
const baseline = ['--baseline', 'old.tm'];

test.each<[string[], number, string]>([
  [['--max', '5732'], 0, within],
  [
    ['--max', '5.731kB'],
    3,
    'live memory exceeds what is allowed:\n  total: 5732 B, allowed 5731 B (+1 B)\n',
  ],
  [['--max', '10KiB', '--baseline', 'new.pickle'], 0, within],
  [[...baseline, '--tolerance', '5KiB'], 0, within],
  [
    [...baseline, '--tolerance', '2%'],
    3,
    `live memory exceeds what is allowed:
  total: 5732 B, allowed 1566 B (+4166 B), was 1536 B
Where it grew most:
  src/cache.py:2: +4096 B
  src/cache.py:9: +100 B
`,
  ],
  [['--max', '5732', '--markdown'], 0, `✅ **live** memory is within what is allowed: 5732 B\n`],
  [
    [...baseline, '--markdown', '-n', '1'],
    3,
    `❌ **live** memory exceeds what is allowed

| what | now | allowed | over | was |
|---|--:|--:|--:|--:|
| total | 5732 B | 1536 B | +4196 B | 1536 B |

| grew most | by |
|---|--:|
| \`src/cache.py:2\` | +4096 B |
`,
  ],
  [
    [...baseline, '--key', 'lineno', '--markdown', '-n', '1'],
    3,
    `❌ **live** memory exceeds what is allowed

| what | now | allowed | over | was |
|---|--:|--:|--:|--:|
| \`src/cache.py:2\` | 5120 B | 1024 B | +4096 B | 1024 B |

and 1 more
`,
  ],
  [
    [...baseline, '--key', 'lineno'],
    3,
    `live memory exceeds what is allowed:
  src/cache.py:2: 5120 B, allowed 1024 B (+4096 B), was 1024 B
  src/cache.py:9: 100 B, allowed 0 B (+100 B), was 0 B
`,
  ],
  [
    [...baseline, '--key', 'lineno', '-n', '1'],
    3,
    `live memory exceeds what is allowed:
  src/cache.py:2: 5120 B, allowed 1024 B (+4096 B), was 1024 B
  and 1 more
`,
  ],
  [
    [...baseline, '--key', 'lineno', '--exclude', '**/cache.py:2', '--tolerance', '100'],
    0,
    'live memory is within what is allowed: 612 B\n',
  ],
])('check %j', async (options, status, stdout) => {
  const result = await tracemallocIn(folder, ['check', 'new.tm', ...options]);
  expect(result).toEqual({ status, stdout, stderr: '' });
});

test('as JSON', async () => {
  const args = ['check', '--json', '--max', '1KiB', '--metric', 'allocated', 'counted.tm'];
  const { status, stdout } = await tracemallocIn(folder, args);
  expect(status).toBe(3);
  expect(JSON.parse(stdout)).toEqual({
    metric: 'allocated',
    key: 'total',
    total: 5400,
    exceeded: [{ name: 'total', size: 5400, baseline: null, allowed: 1024 }],
    growth: [],
  });
});
