import type { ClassInfo } from '../classes.ts';
import type { SkulptObject } from '../host.ts';

/** The bytes of an object's blocks. */
export type Measured = {
  /** The object itself; 0 = one that is shared and costs nothing. */
  own: number;
  /** A container's block of items, where it is one of its own. */
  buffer: number;
  /** The dict of its attributes, where that is a block of its own. */
  attributes: number;
};

/** How many bytes guest objects take, by one model of memory. */
export type SizeModel = {
  /** Valid until the next call. */
  measure(object: SkulptObject, info: ClassInfo): Readonly<Measured>;
};

export function lengthOf(value: unknown): number {
  const { length } = (value ?? {}) as { length?: unknown };
  return typeof length === 'number' ? length : 0;
}

/** Items of a dict, or of the dict in which a set has its own. */
export function dictLength(value: unknown): number {
  const { size } = (value ?? {}) as { size?: unknown };
  return typeof size === 'number' ? size : 0;
}

/** Whether a dict has no keys but strs. */
export function isStringKeyed(dict: SkulptObject): boolean {
  for (const _hash in dict['buckets'] as object) return false;
  return true;
}
