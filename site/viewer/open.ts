import type { Snapshot } from '@tracemalloc/core';
import { load } from '@tracemalloc/core/codec';
import { loadAny } from '@tracemalloc/formats';
import { renderHtml } from '@tracemalloc/report/html';

/** Two snapshots of a program in base64, and its sources: what example.js tells. */
export type Example = {
  readonly before: string;
  readonly after: string;
  readonly sources: Readonly<Record<string, string>>;
};

/** The newest snapshot of a file: pickles and Parquet files may hold several. */
async function read(file: File): Promise<Snapshot> {
  try {
    const last = (await loadAny(new Uint8Array(await file.arrayBuffer()))).at(-1);
    if (last !== undefined) return last;
  } catch (error) {
    throw new Error(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new Error(`${file.name}: it holds no snapshot`);
}

/** The report of one file, or of the difference of two, the older first. */
export async function reportOf(first: File, second?: File): Promise<string> {
  const older = await read(first);
  if (second === undefined) return renderHtml(older, { title: first.name });
  const newer = await read(second);
  return renderHtml(newer, { title: second.name, base: older, baseTitle: first.name });
}

/** The report of a small web service that leaks, as it was traced when this site was built. */
export function reportOfExample(
  { before, after, sources }: Example,
  isDifference: boolean,
): string {
  const title = 'A shop that leaks, after 450 requests';
  const base = { base: load(bytesOf(before)), baseTitle: 'after 50 requests' };
  return renderHtml(load(bytesOf(after)), { title, sources, ...(isDifference && base) });
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
