import type { SkulptObject } from '../host.ts';

/**
 * Native classes, each with the field that its constructor assigns last: an assignment to it is how
 * the birth of an object is seen. Subclasses come through the same constructor.
 */
export const bornBy: Readonly<Record<string, string>> = {
  list: 'in$repr',
  tuple: 'v',
  set: 'in$repr',
  // Instances of subclasses get no other field.
  frozenset: 'v',
  dict: '$version',
  int_: 'v',
  float_: 'v',
  complex: 'imag',
  str: 'v',
  bytes: 'v',
  method: 'im_call',
  generator: 'func_closure',
  slice: 'step',
  range_: 'v',
  func: 'memoised',
  module: '$d',
  BaseException: 'traceback',
};

/** Called with each object that is born, where somebody has to know it. */
export type Born = (object: SkulptObject) => void;
