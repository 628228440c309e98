import { describe } from '../base/check.ts';

/**
 * A view of the same bytes, of a Uint8Array or an ArrayBuffer, that is this realm's own Uint8Array, whichever realm or subclass
 * (Node's Buffer, a vm context, a frame of a page) they came from.
 * @throws TypeError for anything else.
 */
export function ownBytes(call: string, value: unknown): Uint8Array {
  const tag = Object.prototype.toString.call(value);
  if (tag === '[object ArrayBuffer]') return new Uint8Array(value as ArrayBuffer);
  if (!isBytes(value)) {
    const { arrayBuffer, getReader } = (value ?? {}) as Record<string, unknown>;
    const isBlob = typeof arrayBuffer === 'function';
    const isStream = typeof getReader === 'function';
    const remedy = isBlob
      ? ': pass await it.arrayBuffer()'
      : isStream
        ? ': pass it to loadChunks'
        : ArrayBuffer.isView(value)
          ? ': pass new Uint8Array(it.buffer, it.byteOffset, it.byteLength)'
          : '';
    throw new TypeError(
      `${call} takes a Uint8Array or an ArrayBuffer, got ${describe(value)}${remedy}`,
    );
  }
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function isBytes(value: unknown): value is Uint8Array {
  // Unlike instanceof, the tag is the same in every realm.
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
  );
}
