// In a page: sends a snapshot when the page is hidden, which is the last moment that is sure to come.
import type { Snapshot } from '@tracemalloc/core';
import { type PageOptions, snapshotBody } from './page-snapshot.ts';

export type SendOptions = PageOptions & {
  /** Of the collector, with its token: a beacon has no headers. */
  readonly url: string;
  readonly release: string;
  /** Part of the sessions that send, 0 … 1. */
  readonly share?: number;
};

/** @param take What takes the snapshot: `() => sampler.takeSnapshot()`. @returns what undoes it. */
export function sendOnHide(take: () => Snapshot, options: SendOptions): () => void {
  const { url, release, share = 1, ...page } = options;
  const session = crypto.randomUUID();
  if (Math.random() >= share) return () => {};
  const onHide = () => {
    if (document.visibilityState !== 'hidden') return;
    const time = new Date().toISOString();
    const body = snapshotBody(take().withMetadata({ release, session, time }), page);
    navigator.sendBeacon(url, new Blob([body as Uint8Array<ArrayBuffer>]));
  };
  document.addEventListener('visibilitychange', onHide);
  return () => document.removeEventListener('visibilitychange', onHide);
}
