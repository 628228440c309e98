import { fnmatch, type SnapshotData } from '@tracemalloc/core';
import { knownMeasure, type Measure, newestFrames } from '@tracemalloc/core/analysis';
import type { FigureColumns, Figures, ReportModel, Selection } from './model.ts';
import { measuredOf } from './range.ts';

/** The selection's figures by site. Cost: O(sites), and patterns once for each name. */
export function figuresOf(model: ReportModel, selection: Selection): Figures {
  const { data, base } = measuredOf(model, selection);
  const keep = sitesOf(data, selection);
  const now = knownMeasure(data, selection.metric);
  const old = base && knownMeasure(base, selection.metric);
  const columns = (one: Measure, other: Measure | null): FigureColumns => ({
    now: masked(selection.unit === 'bytes' ? one.size : one.count, keep),
    base: other && masked(selection.unit === 'bytes' ? other.size : other.count, keep),
    count: masked(one.count, keep),
    baseCount: other && masked(other.count, keep),
  });
  // Of a sample nothing else is known.
  const spread = selection.metric === 'live' && selection.range === '' ? model.spread : null;
  return {
    keep,
    ...columns(now, old),
    spread: spread && columns(spread.now ?? exact(now), old && (spread.base ?? exact(old))),
    counted: data.sites,
  };
}

/** The variances of a snapshot that was not sampled. */
function exact({ size, count }: Measure): Measure {
  return { size: new Float64Array(size.length), count: new Float64Array(count.length) };
}

function masked(column: Float64Array, keep: Uint8Array): Float64Array {
  const result = new Float64Array(column.length);
  for (let site = 0; site < column.length; site++)
    if (keep[site] === 1) result[site] = column[site]!;
  return result;
}

/** Which sites pass; file and function are those of the line that allocated, as in `Filter`. */
function sitesOf(data: SnapshotData, selection: Selection): Uint8Array {
  const { sites, frames, strings } = data;
  const newest = newestFrames(data);
  const inFile = matcher(strings, selection.fileGlob);
  const inFunction = matcher(strings, selection.functionName);
  const keep = new Uint8Array(sites.length);
  for (let site = 0; site < sites.length; site++) {
    const frame = newest[site]!;
    const passes =
      (selection.domain === null || sites.domain[site] === selection.domain) &&
      (selection.type === '' || strings[sites.type[site]!] === selection.type) &&
      (selection.label === '' || strings[sites.label[site]!] === selection.label) &&
      inFile(frames.file[frame] ?? 0) &&
      inFunction(frames.functionName[frame] ?? 0);
    keep[site] = passes ? 1 : 0;
  }
  return keep;
}

/**
 * By string row: whether the name matches. A pattern without `*`, `?` and `[` is found anywhere in
 * the name; one that begins with `!` keeps what does not match.
 */
function matcher(strings: readonly string[], pattern: string): (row: number) => boolean {
  const excludes = pattern.startsWith('!');
  const wanted = excludes ? pattern.slice(1) : pattern;
  if (wanted === '') return () => true;
  const known = new Int8Array(strings.length).fill(-1);
  const matches = /[*?[]/.test(wanted)
    ? (name: string) => fnmatch(name, wanted) || fnmatch(name, `*/${wanted}`)
    : (name: string) => name.toLowerCase().includes(wanted.toLowerCase());
  return (row) => {
    if (known[row] === -1) known[row] = matches(strings[row]!) !== excludes ? 1 : 0;
    return known[row] === 1;
  };
}
