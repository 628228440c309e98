import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SnapshotMetadata } from '@tracemalloc/core';

/** What a dataset is divided by. `null` = the snapshot does not say it. */
export type Partition = {
  /** Day in UTC: `2026-11-28`. */
  readonly date: string;
  readonly release: string | null;
  readonly host: string | null;
};

/** Hive's word for a value that is not known, which engines read as NULL. */
const unknownValue = '__HIVE_DEFAULT_PARTITION__';
/** Characters of a folder's name: with its key it stays below what file systems take. */
const maxValueLength = 150;

/** When the snapshot was taken, by what it says itself: milliseconds since 1970. */
export function timeOf({ time }: SnapshotMetadata): number | null {
  const ms = typeof time === 'string' ? Date.parse(time) : time;
  // What is later than the year 9999 has no date of four digits.
  return typeof ms === 'number' && ms >= 0 && ms < 253_402_300_800_000 ? Math.trunc(ms) : null;
}

/** A text of the metadata; `null` where there is none. */
export function textOf(metadata: SnapshotMetadata, name: string): string | null {
  const value = Object.hasOwn(metadata, name) ? metadata[name] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `2026-11-28`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Its folders below a table, in Hive's layout: `date=…/release=…/host=…`. */
export function partitionPath({ date, release, host }: Partition): string {
  return join(`date=${date}`, `release=${escaped(release)}`, `host=${escaped(host)}`);
}

/** Whatever the text: a name of one folder, that engines turn back into the text. */
function escaped(text: string | null): string {
  if (text === null) return unknownValue;
  const wellFormed = text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  const encoded = encodeURIComponent(wellFormed).replaceAll(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  if (encoded.length <= maxValueLength) return encoded;
  const hash = createHash('sha256').update(wellFormed).digest('hex').slice(0, 16);
  return `${encoded.slice(0, maxValueLength - 20).replace(/%.?$/, '')}-${hash}`;
}
