import type { SnapshotMetadata } from '@tracemalloc/core';

/** A field of metadata, which come from files and may be anything, if it is a text. */
export function textField(metadata: SnapshotMetadata, name: string): string | null {
  const value = Object.hasOwn(metadata, name) ? metadata[name] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The same for a finite number. */
export function numberField(fields: unknown, name: string): number | null {
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, name)) return null;
  const value = (fields as Record<string, unknown>)[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Bytes between two samples; `null` where every allocation was looked at. */
export function samplingInterval(metadata: SnapshotMetadata): number | null {
  return numberField(metadata['sampling'], 'interval');
}
