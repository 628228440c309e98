import { describe } from '../base/check.ts';
import { pythonRepr } from '../python/python-text.ts';

/** What traces are grouped by. Python knows the first three. */
export type GroupKey =
  | 'filename'
  | 'lineno'
  | 'traceback'
  | 'function'
  | 'type'
  | 'domain'
  | 'label';

const keys: readonly unknown[] = [
  'filename',
  'lineno',
  'traceback',
  'function',
  'type',
  'domain',
  'label',
];

/**
 * @throws RangeError with Python's message: for an unknown key (which wins), or for a key that a
 * frame has no part of in cumulative mode.
 */
export function checkGroupKey(key: unknown, cumulative: boolean): GroupKey {
  if (!keys.includes(key)) throw new RangeError(`unknown key_type: ${shown(key)}`);
  if (cumulative && key === 'traceback') {
    // Python's own words; the slip is part of them.
    throw new RangeError(`cumulative mode cannot by used with key type 'traceback'`);
  }
  if (cumulative && (key === 'type' || key === 'domain' || key === 'label')) {
    throw new RangeError(`cumulative mode cannot be used with key type '${key}'`);
  }
  return key as GroupKey;
}

/** As Python's `%r` shows it. */
function shown(key: unknown): string {
  if (typeof key === 'string') return pythonRepr(key);
  if (key === null || key === undefined) return 'None';
  if (typeof key === 'boolean') return key ? 'True' : 'False';
  return describe(key);
}
