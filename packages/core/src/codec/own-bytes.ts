import { describe } from '../base/check.ts';

/**
 * A view of the same bytes that is this realm's own Uint8Array, whichever realm or subclass
 * (Node's Buffer, a vm context, a frame of a page) they came from.
 * @throws TypeError when `value` is no Uint8Array.
 */
export function ownBytes(call: string, value: unknown): Uint8Array {
  if (!isBytes(value)) throw new TypeError(`${call} takes a Uint8Array, got ${describe(value)}`);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function isBytes(value: unknown): value is Uint8Array {
  // Unlike instanceof, the tag is the same in every realm.
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
  );
}
