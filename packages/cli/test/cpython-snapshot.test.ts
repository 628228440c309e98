import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatSize } from '@tracemalloc/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

const program = `
import tracemalloc
tracemalloc.start(8)
import json
kept = json.loads(json.dumps({str(n): [n] * 9 for n in range(300)}))
snapshot = tracemalloc.take_snapshot()
snapshot.dump("real.pickle")
print("\\n".join(map(str, snapshot.statistics("lineno")[:5])))
`;

const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-cpython-'));
const python = spawnSync('python3', ['-c', program], { cwd: folder, encoding: 'utf8' });
const missing = python.status !== 0;
const why = missing ? ' (not run: python3 is not on the PATH)' : '';

describe.runIf(!missing)(`a snapshot that CPython dumped of a program${why}`, () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The endings of all formats, and how a file of each begins. */
  const formats: readonly (readonly [string, RegExp])[] = [
    ['tm', /^\xabtracemalloc/],
    ['tm.gz', /^.\x8b/s],
    ['pickle', /^\x80/],
    ['pb.gz', /^.\x8b/s],
    ['speedscope.json', /^\{.*speedscope\.app\/file-format-schema/s],
    ['folded', /^.+ \d+\n/],
    ['heapprofile', /^\{"head":\{"callFrame"/],
    ['firefox.json', /^\{"meta":.*"preprocessedProfileVersion"/s],
    ['csv', /^[a-z_]+,[a-z_]+,/],
    ['json', /^\{.*"tracebacks"/s],
  ];

  beforeAll(() => expect(python.stderr).toBe(''));

  test.each(formats)('is converted to .%s', async (ending, beginning) => {
    const name = `real-${ending}.${ending}`;
    const { status, stderr } = await tracemallocIn(folder, ['convert', 'real.pickle', name]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^Wrote real-.* \(\d+ bytes\)\n$/)]);
    expect(readFileSync(join(folder, name), 'latin1')).toMatch(beginning);
  });

  test('gives an HTML report', async () => {
    const { status } = await tracemallocIn(folder, ['report', 'real.pickle', '-o', 'real.html']);
    expect(status).toBe(0);
    const page = readFileSync(join(folder, 'real.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain("default-src 'none'");
  });

  test("lists the groups that CPython's statistics have, with their sizes", async () => {
    const args = ['table', 'real.pickle', '--library', '--key', 'lineno', '-n', '5', '--json'];
    const { stdout } = await tracemallocIn(folder, args);
    const { rows } = JSON.parse(stdout) as { rows: { label: string; size: number }[] };
    const found = rows.map(({ label, size }) => `${label}: size=${formatSize(size, false)}`);
    const wanted = python.stdout.trim().split('\n');
    expect(found).toEqual(wanted.map((line) => line.slice(0, line.indexOf(', count='))));
  });
});
