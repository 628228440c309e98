import { Snapshot, TracemallocError } from '@tracemalloc/core';
import { counterNames } from '@tracemalloc/core/analysis';
import { dumpParquet, dumpSiteTable, loadParquet } from '@tracemalloc/formats/parquet';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { anyRows, fullRows, snapshotFromRows } from '../../../core/test/codec/fixtures.ts';
import { runs } from '../../../core/test/runs.ts';
import { smallSnapshot } from '../small-snapshot.ts';

const bufferOf = (bytes: Uint8Array) => bytes.slice().buffer as ArrayBuffer;
const wellFormed = (text: string) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd');

/** All of a snapshot but the order of its tables: a line a site, with its blocks. */
function contentsOf({ data }: Snapshot): unknown {
  const { sites, tracebacks, frames, strings, traces } = data;
  const text = (row: number) => wellFormed(strings[row]!);
  const blocks = Array.from({ length: sites.length }, (): number[][] => []);
  for (let row = 0; row < traces.length; row++) {
    blocks[traces.site[row]!]!.push([traces.size[row]!, traces.weight?.[row] ?? -1]);
  }
  return {
    limit: data.tracebackLimit,
    metadata: data.metadata,
    traces: traces.length,
    sites: blocks.map((rows, site) => {
      const traceback = sites.traceback[site]!;
      const [from, to] = [tracebacks.offset[traceback]!, tracebacks.offset[traceback + 1]!];
      return {
        stack: Array.from(tracebacks.frame.subarray(from, to), (frame) => [
          text(frames.file[frame]!),
          frames.line[frame],
          text(frames.functionName[frame]!),
        ]),
        total: tracebacks.totalNframe[traceback],
        domain: sites.domain[site],
        type: text(sites.type[site]!),
        label: text(sites.label[site]!),
        counters: counterNames.map((name) => sites[name]?.[site]),
        blocks: rows.sort(([a, v], [b, w]) => a! - b! || v! - w!),
      };
    }),
  };
}

test('any snapshot is read back: every row, every counter, every block', async () => {
  await fc.assert(
    fc.asyncProperty(anyRows(false).map(snapshotFromRows), async (snapshot) => {
      const [loaded, ...more] = await loadParquet(await dumpParquet(snapshot));
      expect(more).toEqual([]);
      expect(contentsOf(loaded!.snapshot)).toEqual(contentsOf(snapshot));
    }),
    { numRuns: runs(20) },
  );
});

test('what CPython did not count stays unknown, and an empty snapshot stays one', async () => {
  const pickled = Snapshot.fromTraces([[3, 8, [['b.py', 1]], 1]], 3);
  const empty = Snapshot.fromTraces([], 1, { host: 'x' });
  const table = dumpSiteTable([
    { id: 'a', snapshot: pickled },
    { id: 'b', snapshot: empty },
    { id: 'c', snapshot: smallSnapshot() },
  ]);
  const loaded = await loadParquet(table);
  expect(loaded.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(loaded.map(({ snapshot }) => contentsOf(snapshot))).toEqual(
    [pickled, empty, smallSnapshot()].map(contentsOf),
  );
  expect(loaded[0]!.snapshot.data.sites.peakSize).toBeNull();
});

test('a row is a site, as other readers see it', async () => {
  const bytes = await dumpParquet(smallSnapshot());
  const rows = await parquetReadObjects({ file: bufferOf(bytes) });
  const { snapshot, ...row } = rows[1]!;
  expect(snapshot).toMatch(/^[0-9a-f]{32}$/);
  expect(row).toEqual({
    file: 'app.py',
    line: 3,
    function: 'load',
    stack: [
      { file: 'app.py', line: 3, function: 'load' },
      { file: 'app.py', line: 9, function: '<module>' },
    ],
    total_nframe: 2,
    domain: 0n,
    type: 'list',
    label: null,
    live_bytes: 100,
    live_blocks: 1,
    peak_bytes: 160,
    peak_blocks: 2,
    temporary_bytes: 0,
    temporary_blocks: 0,
    allocated_bytes: 160,
    allocated_blocks: 2,
    sampling_interval: null,
    weight: null,
    live_bytes_variance: 0,
    live_blocks_variance: 0,
    blocks: [{ size: 100, count: 1, weight: null }],
  });
});

test('the schema is what its golden file lists', async () => {
  const { schema } = parquetMetadata(bufferOf(await dumpParquet(smallSnapshot())));
  const lines = schema.map(({ name, type, converted_type: as, repetition_type: kind, ...rest }) =>
    [name, type ?? `${rest.num_children} fields`, as, kind].filter(Boolean).join(' '),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/sites.schema.txt');
});

test('the same snapshot gives the same bytes', async () => {
  expect(await dumpParquet(smallSnapshot())).toEqual(await dumpParquet(smallSnapshot()));
});

describe('bytes that are no table of sites', () => {
  test.each([
    ['nothing', new Uint8Array(0), 'bad-magic'],
    ['text', new TextEncoder().encode('hello'), 'bad-magic'],
    ['a magic alone', new TextEncoder().encode('PAR1PAR1'), 'corrupt'],
  ])('%s is refused', async (_, bytes, code) => {
    await expect(loadParquet(bytes)).rejects.toMatchObject({ name: 'TracemallocError', code });
  });

  test('a damaged file gives a snapshot or one error of ours', async () => {
    const bytes = await dumpParquet(snapshotFromRows(fullRows(true)));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, byte) => {
        const damaged = bytes.slice();
        damaged[at] = byte;
        const found = await loadParquet(damaged).catch((error: unknown) => error);
        expect(Array.isArray(found) || found instanceof TracemallocError).toBe(true);
      }),
      { numRuns: runs(60) },
    );
  });
});
