import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Snapshot } from '@tracemalloc/core';
import { dumpCsv } from '@tracemalloc/formats/csv';
import { dumpJson } from '@tracemalloc/formats/json';
import { loadPickle } from '@tracemalloc/formats/pickle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readers } from '../../packages/formats/test/readers.ts';

/** A Python whose pickles have totals: 3.9 or later. */
const python = ['python3.14', 'python3.13', 'python3'].find((name) => {
  const code = 'import sys, tracemalloc; sys.exit(sys.version_info < (3, 9))';
  return spawnSync(name, ['-c', code]).status === 0;
});
const why = python === undefined ? ' (not run: there is no CPython 3.9 or later here)' : '';

const program = `
import tracemalloc
tracemalloc.start(12)
import ast, json, string
def parse(depth):
    return parse(depth - 1) if depth else ast.parse("f(x, y=[1, 2, {'k': 'v'}])\\n" * 50)
kept = [parse(depth) for depth in range(5)]
kept.append(json.loads(json.dumps({letter: list(range(50)) for letter in string.printable})))
tracemalloc.take_snapshot().dump("real.pickle")
`;

/** What Python's own readers find in our files: bytes by line, as its statistics have them. */
const check = `
import collections, csv, json, tracemalloc
expected = {(s.traceback[0].filename, s.traceback[0].lineno): s.size
            for s in tracemalloc.Snapshot.load("real.pickle").statistics("lineno")}
found = collections.Counter()
with open("real.csv", newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file, strict=True):
        found[row["filename"], int(row["lineno"])] += int(row["live_bytes"])
assert found == expected, "csv"
with open("real.json", encoding="utf-8") as file:
    data = json.load(file)
found = collections.Counter()
for traceback, size in zip(data["sites"]["traceback"], data["sites"]["live"]["size"]):
    frame = data["tracebacks"]["frames"][traceback][0]
    name = data["strings"][data["frames"]["filename"][frame]]
    found[name, data["frames"]["lineno"][frame]] += size
assert found == expected, "json"
print(len(expected))
`;

describe.runIf(python !== undefined)(`a snapshot of a CPython program${why}`, () => {
  let folder = '';
  let snapshot: Snapshot;

  function run(code: string): string {
    const { stdout, stderr } = spawnSync(python!, ['-c', code], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout;
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
    run(program);
    snapshot = loadPickle(readFileSync(join(folder, 'real.pickle')));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(Object.keys(readers).filter((format) => format !== 'json'))(
    'has the same bytes by file and line in %s',
    async (format) => {
      const found = new Map<string, number>();
      for (const [names, bytes] of await readers[format]!(snapshot)) {
        const line = names.at(-1)!;
        // Blocks without bytes are in some formats and not in others.
        if (bytes > 0) found.set(line, (found.get(line) ?? 0) + bytes);
      }
      const expected = snapshot.statistics('lineno').filter(({ size }) => size > 0);
      expect(expected.length).toBeGreaterThan(20);
      expect(found).toEqual(new Map(expected.map(({ traceback, size }) => [`${traceback}`, size])));
    },
  );

  test('is the same to Python, which reads the CSV and the JSON', () => {
    writeFileSync(join(folder, 'real.csv'), dumpCsv(snapshot));
    writeFileSync(join(folder, 'real.json'), dumpJson(snapshot));
    expect(Number(run(check))).toBe(snapshot.statistics('lineno').length);
  });
});
