import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import {
  linesReport,
  statsReport,
  summaryReport,
  tableReport,
  treeReport,
} from '../../src/index.ts';

const frame = fc.record({
  file: fc.constantFrom('a.py', 'b.py'),
  line: fc.integer({ min: 1, max: 3 }),
  name: fc.constantFrom('f', 'g'),
});
const traces = fc.array(
  fc.record({ size: fc.nat(999), frames: fc.array(frame, { minLength: 1, maxLength: 5 }) }),
  { minLength: 1, maxLength: 25 },
);
type Traces = typeof traces extends fc.Arbitrary<infer Value> ? Value : never;

const snapshotFrom = (all: Traces) => {
  const line = ({ size, frames }: Traces[number]): string => {
    return `${size}  ${frames.map((each) => `${each.file}:${each.line} ${each.name}`).join(' < ')}`;
  };
  return snapshotOf(all.map(line).join('\n'));
};

/** Sums by name; each trace adds to every distinct name that it has. */
function sums(all: Traces, namesOf: (trace: Traces[number]) => string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const trace of all) {
    for (const name of new Set(namesOf(trace))) found[name] = (found[name] ?? 0) + trace.size;
  }
  return found;
}

test('figures are those of a naive count over the traces', () => {
  fc.assert(
    fc.property(traces, (all) => {
      const snapshot = snapshotFrom(all);
      const inFunctions = sums(all, ({ frames }) =>
        frames.map(({ name, file }) => `${name} ${file}`),
      );
      const own = sums(all, ({ frames: [top] }) => [`${top!.name} ${top!.file}`]);
      const { rows } = summaryReport(snapshot);
      const named = rows.map((row) => [`${row.functionName} ${row.filename}`, row] as const);
      expect(Object.fromEntries(named.map(([name, row]) => [name, row.totalSize]))).toEqual(
        inFunctions,
      );
      for (const [name, row] of named) expect(row.ownSize).toBe(own[name] ?? 0);

      const ofLines = sums(all, ({ frames }) => {
        return frames
          .filter(({ file }) => file === all[0]!.frames[0]!.file)
          .map(({ line }) => `${line}`);
      });
      const report = linesReport(snapshot, { filename: all[0]!.frames[0]!.file, source: '' });
      expect(Object.fromEntries(report.lines.map(({ lineno, size }) => [lineno, size]))).toEqual(
        ofLines,
      );
    }),
    { numRuns: runs(30) },
  );
});

test('whatever is listed, hidden or grouped by, nothing is lost', () => {
  fc.assert(
    fc.property(traces, fc.nat(10), fc.nat(100), (all, biggest, threshold) => {
      const snapshot = snapshotFrom(all);
      const whole = all.reduce((sum, { size }) => sum + size, 0);
      for (const key of ['site', 'filename', 'lineno', 'traceback', 'function', 'type'] as const) {
        const { rows, total } = tableReport(snapshot, { key });
        expect(total).toEqual({ size: whole, count: all.length });
        expect(rows.reduce((sum, { size }) => sum + size, 0)).toBe(whole);
      }
      const { nodes, hidden } = treeReport(snapshot, { biggest, threshold });
      const own = nodes.reduce((sum, { ownSize }) => sum + ownSize, 0);
      const count = nodes.reduce((sum, { ownCount }) => sum + ownCount, 0);
      expect(own + hidden.size).toBe(whole);
      expect(count + hidden.count).toBe(all.length);
      const { histogram } = statsReport(snapshot);
      expect(histogram.reduce((sum, bin) => sum + bin.count, 0)).toBe(all.length);
    }),
    { numRuns: runs(30) },
  );
});
