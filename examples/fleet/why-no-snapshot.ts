// What the collector asks of a body before it keeps it.
import { gunzipSync } from 'node:zlib';
import { TracemallocError } from '@tracemalloc/core';
import { load } from '@tracemalloc/core/codec';

/**
 * Why a body is no snapshot, in a word; null when it is one. Inflated by Node, in a quarter of the
 * time that `load` takes for it, which has to do so in browsers too.
 * @param maxBytes That it may inflate to, and that its snapshot may take.
 */
export function whyNoSnapshot(body: Uint8Array, maxBytes: number): string | null {
  const isGzipped = body[0] === 0x1f;
  try {
    load(isGzipped ? inflated(body, maxBytes) : body, { maxBytes });
    return null;
  } catch (error) {
    if (error instanceof TracemallocError) return error.code;
    // What zlib says: Z_DATA_ERROR, Z_BUF_ERROR, ERR_BUFFER_TOO_LARGE …
    if (isGzipped && error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

function inflated(body: Uint8Array, maxBytes: number): Uint8Array {
  const options = { maxOutputLength: maxBytes, info: true } as const;
  const { buffer, engine } = gunzipSync(body, options) as unknown as {
    readonly buffer: Uint8Array;
    readonly engine: { readonly bytesWritten: number };
  };
  if (buffer[0] === 0x1f) {
    throw new TracemallocError('bad-magic', 'what was gzipped is gzipped once more');
  }
  if (engine.bytesWritten === body.length) return buffer;
  throw new TracemallocError('trailing-data', 'there is more behind the end of the gzip file');
}
