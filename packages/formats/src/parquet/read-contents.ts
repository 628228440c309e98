import { metrics } from '@tracemalloc/core/analysis';
import type { FileMetaData } from 'hyparquet';
import { badParquet } from './bad-parquet.ts';
import { type Contents, contentsKey, type SnapshotEntry, schemaVersion } from './schema.ts';

/** Of tracebacks that nobody says a limit of: the most that there can be. */
const maxTotalNframe = 65535;

/**
 * What the file says of itself, checked; of the result of a query, which says nothing, what its
 * columns tell. @throws TracemallocError
 */
export function readContents(file: FileMetaData): readonly SnapshotEntry[] {
  const text = file.key_value_metadata?.find(({ key }) => key === contentsKey)?.value;
  if (text === undefined) return [entryOfQuery(file)];
  const { version, snapshots } = parse(text);
  if (version !== schemaVersion) {
    throw badParquet(
      `its schema has version ${String(version)}, and this reads version ${schemaVersion}`,
      'unsupported-version',
      { found: version, supported: [schemaVersion] },
    );
  }
  if (!Array.isArray(snapshots)) throw badParquet('its snapshots are no list');
  for (const [i, entry] of snapshots.entries()) {
    if (!isEntry(entry)) throw badParquet(`what it says of snapshot ${i} is none`);
  }
  return snapshots;
}

/** Columns that a query must have, to be a snapshot. */
const needed = ['stack', 'live_bytes', 'live_blocks'];

function entryOfQuery({ schema, num_rows: rows }: FileMetaData): SnapshotEntry {
  const names = schema.map(({ name }) => name);
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw badParquet(
      `it has neither '${contentsKey}' in its metadata nor columns called ${missing.join(', ')}`,
    );
  }
  return {
    snapshot: '',
    sites: Number(rows),
    counted: metrics.filter((metric) => names.includes(`${metric}_bytes`)),
    weighted: true,
    tracebackLimit: maxTotalNframe,
    // Blocks are averages, which are no estimates.
    metadata: names.includes('blocks') ? {} : { addedUp: { rows: 'octaves', interval: 0 } },
  };
}

function parse(text: string): Partial<Contents> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // As for JSON that is no object.
  }
  throw badParquet(`its '${contentsKey}' is no JSON object`);
}

function isEntry(entry: unknown): entry is SnapshotEntry {
  if (!isRecord(entry)) return false;
  const { snapshot, sites, counted, weighted, tracebackLimit, metadata } = entry;
  return (
    typeof snapshot === 'string' &&
    isCount(sites) &&
    isCount(tracebackLimit) &&
    typeof weighted === 'boolean' &&
    Array.isArray(counted) &&
    isRecord(metadata)
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
