import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRows, snapshotFromRows } from '../../packages/core/test/codec/fixtures.ts';
import * as formats from '../../packages/formats/src/shared/measure.ts';
import { smallSnapshot } from '../../packages/formats/test/small-snapshot.ts';
import * as report from '../../packages/report/src/model/metric.ts';

test('formats and reports agree on the metrics that a snapshot knows', () => {
  expect(formats.metrics).toEqual(report.metrics);
  const liveness = fc.constantFrom(undefined, 'exact', 'gc-sync', 'reachable', 'none');
  const tracedMemory = fc.constantFrom(undefined, { current: 1, peak: 2 });
  const snapshots = fc
    .tuple(anyRows(false), fc.boolean(), liveness, tracedMemory)
    .map(([rows, live, how, traced]) => {
      const metadata = {
        ...(how === undefined ? {} : { liveness: how }),
        ...(traced === undefined ? {} : { tracedMemory: traced }),
      };
      return snapshotFromRows({ ...rows, traces: live ? rows.traces : [], metadata });
    });
  fc.assert(
    fc.property(fc.oneof(snapshots, fc.constant(smallSnapshot())), ({ data }) => {
      for (const metric of formats.metrics) {
        expect(formats.knowsMetric(data, metric)).toBe(report.knowsMetric(data, metric));
        expect(formats.measure(data, metric)).toEqual(report.measure(data, metric));
      }
    }),
    { numRuns: 30 },
  );
});
