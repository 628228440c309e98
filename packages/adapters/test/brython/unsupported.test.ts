import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  attachBrython,
  type BrythonAttachOptions,
  type BrythonInternals,
} from '@tracemalloc/adapters/brython';
import { TracemallocError, Tracer } from '@tracemalloc/core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { createRealm } from '../../src/brython/node/realm.ts';

/** Loaded as it is, so that attaching has to replace most of what can be replaced. */
let $B: BrythonInternals;
beforeAll(() => {
  const folder = dirname(createRequire(import.meta.url).resolve('brython/package.json'));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  ({ $B } = createRealm(read('brython.js'), read('brython_stdlib.js')));
});

const nothing = (): void => undefined;

/** How attaching ends: what it throws, if anything. */
function attaching(host: unknown, options: BrythonAttachOptions = {}): string {
  try {
    const adapter = attachBrython({ $B: host as BrythonInternals }, new Tracer(), options);
    adapter.detach();
    return 'attached';
  } catch (error) {
    const code = error instanceof TracemallocError ? error.code : 'not one of ours';
    return `${code}: ${(error as Error).message}`;
  }
}

type Owner = Record<PropertyKey, unknown>;

/** Everything that attaching might replace: members of `$B`, of its classes and of its nodes. */
function told(): Map<string, PropertyDescriptor> {
  const owners: [string, unknown][] = [
    ['$B', $B],
    ...Object.entries($B.builtins),
    ...Object.entries($B.builtins).map(
      ([name, c]) => [`${name}.f`, (c as Owner)?.['tp_funcs']] as [string, unknown],
    ),
    ...Object.entries($B.ast).map(
      ([name, node]) => [`ast.${name}`, node.prototype] as [string, unknown],
    ),
    ['imported', $B.imported],
    ['generator', $B['generator']],
  ];
  return new Map(
    owners.flatMap(([name, owner]) =>
      typeof owner !== 'object' && typeof owner !== 'function'
        ? []
        : Object.entries(Object.getOwnPropertyDescriptors(owner ?? {})).map(
            ([member, found]) => [`${name}.${member}`, found] as const,
          ),
    ),
  );
}

function changed(before: Map<string, PropertyDescriptor>): string[] {
  const after = told();
  // Brython counts what it compiles.
  const counters = /\.(?:\$py_UUID|nb_set_lineno_type)$/;
  const isSame = (name: string) =>
    before.get(name)?.value === after.get(name)?.value && before.has(name) === after.has(name);
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !isSame(name) && !counters.test(name),
  );
}

test.each([
  [null, '$B must be the __BRYTHON__ of a loaded Brython 3.14.2 or newer'],
  [{}, '$B must be the __BRYTHON__ of a loaded Brython 3.14.2 or newer'],
  [
    { py2js: nothing, implementation: [3, 14, 0, 'dev', 0] },
    "Brython 3.14.0 can't be traced: load 3.14.2 or newer",
  ],
  [
    { py2js: nothing, implementation: [3, 11, 3, 'dev', 0] },
    "Brython 3.11.3 can't be traced: load 3.14.2 or newer",
  ],
  [
    { py2js: nothing, implementation: [4, 0, 0], ast: {}, builtins: {}, DICT: Symbol() },
    "Brython 4.0.0 can't be traced: it lacks $call, $class_constructor, $list, Float, empty_dict, " +
      'fast_tuple, init_dict, js_from_root, module_getattr, OB_TYPE, file_cache, imported',
  ],
])('%o is no host, and the message says what is', (host, message) => {
  expect(attaching(host)).toBe(`unsupported-host: ${message}`);
});

test('wrong options are refused before anything is touched', () => {
  const before = told();
  const messages = [{ sizeModel: 'V8' }, { primitive: 'owner' }, { selfTest: 'no' }].map(
    (options) => attaching($B, options as unknown as BrythonAttachOptions),
  );
  expect(messages).toEqual([
    'not one of ours: option sizeModel of attachBrython must be "cpython64" or "v8", got "V8"',
    'not one of ours: unknown option "primitive" of attachBrython; it takes sizeModel, primitives, collector, nativeFrames, selfTest, onWarning',
    'not one of ours: option selfTest of attachBrython must be a boolean, got "no"',
  ]);
  expect(changed(before)).toEqual([]);
});

test('a Brython in which anything is broken is traced or refused, and left as it was found', () => {
  attaching($B); // What stays for ever, once: the hooks that compiled code calls.
  const names = Object.keys($B).filter((name) => typeof $B[name] === 'function');
  const breaks = {
    gone: undefined,
    useless: () => undefined,
    throwing: () => {
      throw new Error('broken');
    },
  };
  const breaking = fc.constantFrom(...(Object.keys(breaks) as (keyof typeof breaks)[]));
  fc.assert(
    fc.property(fc.constantFrom(...names), breaking, (name, how) => {
      const original = $B[name];
      $B[name] = breaks[how];
      try {
        const before = told();
        expect(attaching($B)).toMatch(/^(?:attached$|unsupported-host: )/);
        expect(changed(before)).toEqual([]);
      } finally {
        $B[name] = original;
      }
    }),
    // With the first of them, a range has no end.
    { numRuns: runs(25), examples: [['PyNumber_Index', 'useless']] },
  );
  expect(attaching($B)).toBe('attached');
});

test('what of the host cannot be replaced is said, and what was replaced is put back', () => {
  const original = $B['init_dict'];
  Object.defineProperty($B, 'init_dict', { writable: false, configurable: false });
  const before = told();
  expect(attaching($B)).toBe(
    "unsupported-host: Brython 3.14.3 can't be traced: TypeError: Cannot redefine property: init_dict",
  );
  expect(changed(before)).toEqual([]);
  expect($B['init_dict']).toBe(original);
});
