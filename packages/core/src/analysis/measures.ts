import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';

/** What of the metadata says how sizes came about, in words. */
const measures = [
  ['sizeModel', 'sizes by the model'],
  ['pointerBytes', 'pointers of so many bytes:'],
  ['liveness', 'frees seen'],
  ['host', 'host'],
] as const;

/**
 * Why figures of two snapshots can't be compared one by one: what was measured otherwise, a line
 * each. Empty where nothing is known to differ.
 */
export function differentMeasures(old: SnapshotMetadata, now: SnapshotMetadata): string[] {
  return measures.flatMap(([field, words]) => {
    const [before, after] = [old[field] ?? null, now[field] ?? null];
    if (before === after) return [];
    return [`${words} ${shown(before)}, then ${shown(after)}`];
  });
}

function shown(value: unknown): string {
  return value === null ? 'not said (CPython’s own snapshots say nothing)' : `'${String(value)}'`;
}
