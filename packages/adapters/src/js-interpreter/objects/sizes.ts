import type { Bytes } from '@tracemalloc/core';
import type { GuestObject } from '../host.ts';

const objectSize = 64;
const propertySize = 16;

/**
 * What a guest's object counts for, as no engine says what it really takes: its own fields, and a name
 * and a value for each property.
 */
export function sizeOf(object: object): Bytes {
  const { properties } = object as GuestObject;
  return objectSize + propertySize * Object.getOwnPropertyNames(properties).length;
}
