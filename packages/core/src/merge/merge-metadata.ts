import { addedSampling, type SamplingMetadata, samplingOf } from '../sampling/metadata.ts';
import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';

/** Fields that add up, or that tell of adding up. */
const ownFields: readonly string[] = [
  'differing',
  'merged',
  'tracedMemory',
  'rejected',
  'addedUp',
  'folded',
  'sampling',
];

/**
 * What is known of all snapshots together: fields in which they agree are kept, and `differing`
 * lists the distinct values of the others (`null` where a snapshot has none). `merged` is how many
 * snapshots there were; traced memory, rejections and sampled blocks add up. Merging what was merged gives the same
 * as merging all at once. Cost of one more: O(its fields + all fields).
 */
export class MergedMetadata {
  #first: SnapshotMetadata | null = null;
  #snapshots = 0;
  #merged = 0;
  /** By field, the distinct values by their text. */
  readonly #values = new Map<string, Map<string, unknown>>();
  #traced: { current: number; peak: number } | null = { current: 0, peak: 0 };
  readonly #rejected = new Map<string, number>();
  #hasRejected = false;
  #sampling: SamplingMetadata | null = null;

  add(metadata: SnapshotMetadata): void {
    this.#first ??= metadata;
    const values = valuesOf(metadata);
    for (const [name, list] of values) {
      const known = this.#values.get(name) ?? this.#newField(name);
      // Values are JSON-like; those of equal text are equal.
      for (const value of list) known.set(JSON.stringify(value), value);
    }
    for (const [name, known] of this.#values) if (!values.has(name)) known.set('null', null);
    this.#addTraced(metadata.tracedMemory);
    this.#hasRejected ||= metadata.rejected !== undefined;
    for (const [reason, times] of Object.entries(metadata.rejected ?? {})) {
      this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + times);
    }
    const sampling = metadata['sampling'] === undefined ? null : samplingOf(metadata);
    if (sampling !== null) this.#sampling = addedSampling(this.#sampling, sampling);
    const { merged } = metadata;
    this.#merged += typeof merged === 'number' ? merged : 1;
    this.#snapshots++;
  }

  finish(): SnapshotMetadata {
    if (this.#snapshots === 1) return this.#first!;
    const fields = Array.from(
      this.#values,
      ([name, values]) => [name, [...values.values()]] as const,
    );
    const agreed = fields.filter(([, values]) => values.length === 1);
    const differing = fields.filter(([, values]) => values.length > 1);
    return {
      ...Object.fromEntries(agreed.map(([name, [value]]) => [name, value])),
      ...(differing.length > 0 && { differing: Object.fromEntries(differing) }),
      ...(this.#traced !== null && { tracedMemory: this.#traced }),
      ...(this.#hasRejected && { rejected: Object.fromEntries(this.#rejected) }),
      ...(this.#sampling !== null && { sampling: this.#sampling }),
      merged: this.#merged,
    };
  }

  /** Those before had no such field. */
  #newField(name: string): Map<string, unknown> {
    const values = new Map<string, unknown>(this.#snapshots > 0 ? [['null', null]] : []);
    this.#values.set(name, values);
    return values;
  }

  #addTraced(traced: SnapshotMetadata['tracedMemory']): void {
    const sum = this.#traced;
    const isKnown = typeof traced?.current === 'number' && typeof traced.peak === 'number';
    this.#traced =
      sum !== null && isKnown
        ? { current: sum.current + traced.current, peak: sum.peak + traced.peak }
        : null;
  }
}

/** The values of each field: several where snapshots that are merged in this one differ. */
function valuesOf(metadata: SnapshotMetadata): Map<string, readonly unknown[]> {
  const own = Object.entries(metadata).map(([name, value]) => [name, [value]] as const);
  const values = new Map<string, readonly unknown[]>([...own, ...listed(metadata)]);
  for (const name of ownFields) values.delete(name);
  return values;
}

/** `differing` of a merged snapshot. Metadata comes from files, so it may be anything. */
function listed(metadata: SnapshotMetadata): [string, readonly unknown[]][] {
  const values = metadata['differing'];
  if (typeof values !== 'object' || values === null) return [];
  return Object.entries(values).filter(([, value]) => Array.isArray(value));
}
