import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor, measure, metrics } from '@tracemalloc/core/analysis';
import { variancesOf } from '@tracemalloc/core/sampling';
import { samplingInterval } from './metadata-fields.ts';
import { siteSchema } from './schema.ts';

/** A frame as a row of `stack` has it. */
type FrameRow = { readonly file: string; readonly line: number; readonly function: string | null };
/** Equal blocks as a row of `blocks` has them. */
type BlocksRow = { readonly size: number; readonly weight: number | null; count: number };
type Columns = Record<string, unknown[]>;

/** Columns of all sites of some snapshots, by the names of the schema. */
export function siteColumns(
  snapshots: readonly { readonly id: string; readonly data: SnapshotData }[],
): Columns {
  const columns: Columns = {};
  for (const { name } of topColumns()) columns[name] = [];
  for (const { id, data } of snapshots) addSites(columns, id, data);
  return columns;
}

function topColumns(): { name: string }[] {
  const [root, ...rest] = siteSchema;
  const names: { name: string }[] = [];
  for (let at = 0; names.length < root!.num_children!; at++) {
    names.push(rest[at]!);
    // A list has two levels below it, and then its fields.
    if (rest[at]!.num_children !== undefined) at += 2 + rest[at + 2]!.num_children!;
  }
  return names;
}

function addSites(columns: Columns, id: string, data: SnapshotData): void {
  const { sites, tracebacks, strings } = data;
  const add = (name: string, value: unknown) => columns[name]!.push(value);
  const measures = metrics.map((metric) => [metric, measure(data, metric)] as const);
  const variances = variancesOf(data);
  const stacks = stackRows(data);
  const blocks = blockRows(data);
  const interval = samplingInterval(data.metadata);
  for (let site = 0; site < sites.length; site++) {
    const traceback = sites.traceback[site]!;
    const stack = stacks[traceback]!;
    const total = tracebacks.totalNframe[traceback]!;
    add('snapshot', id);
    add('file', stack[0]?.file ?? null);
    add('line', stack[0]?.line ?? null);
    add('function', stack[0]?.function ?? null);
    add('stack', stack);
    add('total_nframe', total < 0 ? null : total);
    add('domain', BigInt(sites.domain[site]!));
    add('type', strings[sites.type[site]!] || null);
    add('label', strings[sites.label[site]!] || null);
    for (const [metric, figures] of measures) {
      add(`${metric}_bytes`, figures?.size[site] ?? null);
      add(`${metric}_blocks`, figures?.count[site] ?? null);
    }
    add('sampling_interval', interval);
    add('weight', data.traces.weight === null ? null : meanWeight(blocks[site]!));
    add('live_bytes_variance', variances.size[site]);
    add('live_blocks_variance', variances.count[site]);
    add('blocks', blocks[site]);
  }
}

/** By traceback row; sites of one traceback share it. */
function stackRows(data: SnapshotData): FrameRow[][] {
  const { frames, strings, tracebacks } = data;
  const rows = Array.from({ length: frames.length }, (_, row) => ({
    file: strings[frames.file[row]!]!,
    line: frames.line[row]!,
    function: strings[frames.functionName[row]!] || null,
  }));
  const cursor = new FrameCursor(data);
  return Array.from({ length: tracebacks.length }, (_, traceback) =>
    Array.from(cursor.moveTo(traceback).rows(), (frame) => rows[frame]!),
  );
}

/** By site: its blocks, equal ones in one row, smallest first. */
function blockRows({ sites, traces }: SnapshotData): BlocksRow[][] {
  const found = Array.from({ length: sites.length }, () => new Map<string, BlocksRow>());
  for (let row = 0; row < traces.length; row++) {
    const size = traces.size[row]!;
    const weight = traces.weight?.[row] ?? null;
    const ofSite = found[traces.site[row]!]!;
    const key = `${size} ${weight}`;
    const known = ofSite.get(key);
    if (known === undefined) ofSite.set(key, { size, count: 1, weight });
    else known.count++;
  }
  return found.map((ofSite) =>
    [...ofSite.values()].sort((a, b) => a.size - b.size || a.weight! - b.weight!),
  );
}

/** `null` where there is no block. */
function meanWeight(blocks: readonly BlocksRow[]): number | null {
  let [count, weights] = [0, 0];
  for (const block of blocks) {
    count += block.count;
    weights += block.count * block.weight!;
  }
  return count === 0 ? null : weights / count;
}
