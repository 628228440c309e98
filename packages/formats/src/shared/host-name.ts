import type { SnapshotMetadata } from '@tracemalloc/core';

/** Who ran the guest, as a title. Metadata of a file may hold anything under `host`. */
export function hostName({ host }: SnapshotMetadata): string {
  return typeof host === 'string' && host !== '' ? host : 'guest';
}
