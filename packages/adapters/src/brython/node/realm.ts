import { createContext, runInContext } from 'node:vm';
import type { BrythonInternals } from '../host.ts';
import { interactiveText } from './interactive.ts';
import { safeNames } from './safe-names.ts';
import { pageShims } from './shims.ts';
import { textCodecs } from './text-codecs.ts';
import { hideFrames } from './tracebacks.ts';

/** A realm of its own with one Brython in it. */
export type Realm = {
  readonly $B: BrythonInternals;
  /** Compiles the body of a function in the realm. */
  compile(body: string, ...parameters: readonly string[]): (...values: unknown[]) => unknown;
};

/**
 * Brython's own polyfill takes the sets as two arguments and is no method; Node 20 has none, so
 * that a right one must be there first.
 */
const polyfill = `if (!Set.prototype.difference) Object.defineProperty(Set.prototype, 'difference', {
  configurable: true, writable: true,
  value: function difference(other) {
    const result = new Set(this);
    for (const item of other.keys()) result.delete(item);
    return result;
  },
});`;

/** Of the last text: the next realm of a process mostly has the same. */
let prepared = { brython: '', text: '' };

/** A brython.js with the places where its own ways are corrected. */
function preparedText(brython: string): string {
  if (prepared.brython !== brython) {
    prepared = { brython, text: safeNames(hideFrames(textCodecs(interactiveText(brython)))) };
  }
  return prepared.text;
}

/**
 * Loads Brython into a context of its own, so that Node's globals stay as they are and several
 * interpreters do not meet. The globals of a context are slow to read (nbody took 1.5 times as
 * long), so brython.js runs as the body of a function that has them as parameters.
 */
export function createRealm(
  brython: string,
  standardLibrary: string,
  timers: Readonly<Record<string, unknown>> = {
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
  },
): Realm {
  const globals: Record<string, unknown> = {
    ...pageShims(),
    URL,
    TextEncoder,
    TextDecoder,
    performance,
    crypto: globalThis.crypto,
    ...timers,
    queueMicrotask,
    Event,
    CustomEvent,
    atob,
    btoa,
  };
  const context = createContext(globals);
  globals['self'] = globals['window'] = globals['global'] = runInContext('globalThis', context);
  runInContext(polyfill, context, { filename: 'polyfill.js' });
  const names = runInContext(
    `Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Za-z]\\w*$/.test(name) && !reserved.includes(name))`.replace(
      'reserved',
      JSON.stringify(reservedNames),
    ),
    context,
  ) as string[];
  const load = runInContext(
    `(function(${names.join(',')}){${preparedText(brython)}\n;globalThis.__BRYTHON__=globalThis.$B=__BRYTHON__;return __BRYTHON__})`,
    context,
    { filename: 'brython.js' },
  ) as (...values: unknown[]) => BrythonInternals;
  const values = names.map((name) => runInContext(name, context) as unknown);
  const $B = load(...values);
  runInContext(standardLibrary, context, { filename: 'brython_stdlib.js' });
  const makeFunction = runInContext('Function', context) as FunctionConstructor;
  return {
    $B,
    compile: (body, ...parameters) =>
      makeFunction(...parameters, body) as (...values: unknown[]) => unknown,
  };
}

/** Names that cannot be parameters, or that must stay what they are. */
const reservedNames: readonly string[] = [
  'undefined',
  'NaN',
  'Infinity',
  'eval',
  'globalThis',
  'arguments',
];
