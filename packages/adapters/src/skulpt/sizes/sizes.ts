import type { Skulpt } from '../host.ts';
import { Cpython64 } from './cpython64.ts';
import type { SizeModel } from './measured.ts';
import { V8 } from './v8.ts';

export const sizeModelNames = ['cpython64', 'v8'] as const;
/** What a size means: bytes in 64-bit CPython 3.13, or estimated bytes in V8. */
export type SizeModelName = (typeof sizeModelNames)[number];

export function makeSizeModel(Sk: Skulpt, name: SizeModelName): SizeModel {
  return name === 'v8' ? new V8() : new Cpython64(Sk);
}
