import { TracemallocError } from '@tracemalloc/core';
import type { BrythonInternals } from './host.ts';

/** Part of the key of cached code: change it with every change to what the instrumenter writes. */
export const instrumenterVersion = '98';

/** The Brythons that the adapter was verified on. */
export const knownBrythons: readonly string[] = ['3.14.2', '3.14.3'];

/** In older ones, objects have their class in another member, and nothing of what is hooked holds. */
const oldest: readonly number[] = [3, 14, 2];

/** What the adapter calls or replaces, without which nothing can be traced: functions of `$B`. */
const functions: readonly string[] = [
  '$call',
  '$class_constructor',
  '$list',
  'Float',
  'empty_dict',
  'fast_tuple',
  'init_dict',
  'js_from_root',
  'module_getattr',
  'py2js',
];

export function isKnownBrython(version: string): boolean {
  return knownBrythons.includes(version);
}

/** `3.14.3`, from a loaded Brython. */
export function brythonVersion($B: BrythonInternals): string {
  return $B.implementation.slice(0, 3).join('.');
}

/**
 * Whether an object is a Brython that is new enough and has what is hooked. Newer ones than those
 * that are known may pass: the self-test tells what holds there.
 * @throws TracemallocError `unsupported-host` that says what is wrong.
 */
export function checkBrython($B: BrythonInternals): void {
  if (typeof $B?.py2js !== 'function' || !Array.isArray($B.implementation)) {
    throw new TracemallocError(
      'unsupported-host',
      `$B must be the __BRYTHON__ of a loaded Brython ${oldest.join('.')} or newer`,
    );
  }
  const version = brythonVersion($B);
  if (isOlder($B.implementation)) {
    throw new TracemallocError(
      'unsupported-host',
      `Brython ${version} can't be traced: load ${oldest.join('.')} or newer`,
      { found: version, supported: knownBrythons },
    );
  }
  const lacking = [
    ...functions.filter((name) => typeof $B[name] !== 'function'),
    ...['OB_TYPE', 'DICT'].filter((name) => typeof $B[name] !== 'symbol'),
    ...['ast', 'builtins', 'file_cache', 'imported'].filter((name) => !isObject($B[name])),
  ];
  if (lacking.length === 0) return;
  throw new TracemallocError(
    'unsupported-host',
    `Brython ${version} can't be traced: it lacks ${lacking.join(', ')}`,
    { found: version, lacking },
  );
}

function isOlder(version: readonly (number | string)[]): boolean {
  for (const [i, wanted] of oldest.entries()) {
    const part = Number(version[i]);
    if (part !== wanted) return !(part > wanted);
  }
  return false;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
