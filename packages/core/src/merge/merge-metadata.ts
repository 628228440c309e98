import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';

type Values = Record<string, readonly unknown[]>;

/**
 * What is known of all snapshots together: fields in which they agree are kept, and `differing`
 * lists the distinct values of the others (`null` where a snapshot has none). `merged` is how many
 * snapshots there were; traced memory and rejections add up. Merging what was merged gives the same
 * as merging all at once.
 */
export function mergeMetadata(all: readonly SnapshotMetadata[]): SnapshotMetadata {
  if (all.length === 1) return all[0]!;
  const names = new Set(
    all.flatMap((each) => [...Object.keys(each), ...Object.keys(listed(each))]),
  );
  for (const name of ['differing', 'merged', 'tracedMemory', 'rejected']) names.delete(name);
  const agreed: [string, unknown][] = [];
  const differing: [string, readonly unknown[]][] = [];
  for (const name of names) {
    const values = distinct(all.flatMap((each) => valuesOf(each, name)));
    if (values.length === 1) agreed.push([name, values[0]]);
    else differing.push([name, values]);
  }
  return {
    ...Object.fromEntries(agreed),
    ...(differing.length > 0 && { differing: Object.fromEntries(differing) }),
    ...(all.every(({ tracedMemory }) => tracedMemory !== undefined) && {
      tracedMemory: {
        current: sum(all.map(({ tracedMemory }) => tracedMemory!.current)),
        peak: sum(all.map(({ tracedMemory }) => tracedMemory!.peak)),
      },
    }),
    ...(all.some(({ rejected }) => rejected !== undefined) && { rejected: rejections(all) }),
    merged: sum(all.map((each) => count(each['merged']))),
  };
}

function valuesOf(metadata: SnapshotMetadata, name: string): readonly unknown[] {
  const values = listed(metadata);
  if (Object.hasOwn(values, name)) return values[name]!;
  return [Object.hasOwn(metadata, name) ? metadata[name] : null];
}

/** `differing` of a merged snapshot. Metadata comes from files, so it may be anything. */
function listed(metadata: SnapshotMetadata): Values {
  const values = metadata['differing'];
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Array.isArray(value)));
}

function count(merged: unknown): number {
  return typeof merged === 'number' ? merged : 1;
}

/** Values are JSON-like; those of equal text are equal. */
function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function rejections(all: readonly SnapshotMetadata[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { rejected = {} } of all) {
    for (const [reason, times] of Object.entries(rejected)) {
      sums.set(reason, (sums.get(reason) ?? 0) + times);
    }
  }
  return Object.fromEntries(sums);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
