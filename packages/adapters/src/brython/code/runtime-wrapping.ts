import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, GuestObject } from '../host.ts';
import { type Hooks, hooksMember, hooksSource, wrappingInstrumenter } from './hooks.ts';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Members = Record<string, unknown>;

/** Functions of `$B` that return a new object. */
const makers: readonly string[] = [
  '$list',
  'fast_tuple',
  'fast_float',
  'make_complex',
  '$class_constructor',
  'fast_bytes',
  'getitem_slice',
  'EXC',
  'rich_op',
];

/** Builtin classes whose `$factory` does. */
const factories: readonly string[] = [
  'bytearray',
  'bytes',
  'classmethod',
  'complex',
  'dict',
  'enumerate',
  'filter',
  'float',
  'frozenset',
  'list',
  'map',
  'memoryview',
  'object',
  'property',
  'range',
  'reversed',
  'set',
  'slice',
  'staticmethod',
  'super',
  'tuple',
  'zip',
];

/** Methods that do, by class. */
const methods: Readonly<Record<string, readonly string[]>> = {
  bytes: ['join', 'split'],
  dict: ['copy', 'fromkeys', 'items', 'keys', 'values'],
  frozenset: ['copy', 'difference', 'intersection', 'union'],
  int: ['to_bytes'],
  list: ['__reversed__', 'copy'],
  set: ['copy', 'difference', 'intersection', 'symmetric_difference', 'union'],
  str: ['encode', 'partition', 'rpartition', 'rsplit', 'split', 'splitlines'],
};

/** Operators that do, where a class has one of its own. */
const operators: readonly string[] = [
  'nb_absolute',
  'nb_add',
  'nb_and',
  'nb_divmod',
  'nb_float',
  'nb_floor_divide',
  'nb_multiply',
  'nb_negative',
  'nb_or',
  'nb_positive',
  'nb_power',
  'nb_remainder',
  'nb_subtract',
  'nb_true_divide',
  'nb_xor',
  'sq_concat',
  'sq_repeat',
  'tp_iter',
];
const operands: readonly string[] = [
  'bytearray',
  'bytes',
  'complex',
  'dict',
  'float',
  'frozenset',
  'int',
  'list',
  'range',
  'set',
  'tuple',
];

/**
 * Hooks for a Brython that was loaded as it is: wraps the functions that make objects, as far as
 * they can be reached from outside. Some cannot, since Brython's own code holds them in closures:
 * a page that can load an instrumented brython.js should.
 */
export function wrapRuntime(
  $B: BrythonInternals,
  restorer: Restorer,
  present: Hooks | undefined,
): Hooks {
  const hooks = present ?? makeHooks($B);
  const report = (object: unknown): unknown => {
    const isObject =
      (typeof object === 'object' && object !== null) || typeof object === 'function';
    if (isObject && hooks.tracer.on) hooks.track(object as GuestObject);
    return object;
  };
  const wrap = (owner: unknown, name: string): void => wrapResult(restorer, owner, name, report);

  for (const name of makers) wrap($B, name);
  for (const name of factories) wrap($B.builtins[name], '$factory');
  for (const name of operands) {
    const owner = $B.builtins[name];
    for (const slot of operators)
      if (owner !== undefined && Object.hasOwn(owner, slot)) wrap(owner, slot);
  }
  for (const [name, names] of Object.entries(methods)) {
    for (const method of names) wrap($B.builtins[name]?.['tp_funcs'], method);
  }
  wrap($B.builtins['dict'], '$literal');
  wrap($B.builtins['dict'], '$from_js');
  wrap($B.builtins['set'], '$literal');
  wrap($B.builtins['slice'], '$fast_slice');
  wrap($B.builtins['type'], 'tp_call');
  wrapInstances($B as Members, restorer, report);
  return hooks;
}

/** They stay when the adapter leaves: code that was compiled in the meantime calls them. */
function makeHooks($B: BrythonInternals): Hooks {
  const makeFunction = $B.py2js.constructor as FunctionConstructor;
  const source = hooksSource(wrappingInstrumenter, {});
  const make = makeFunction(`return ${source}`)() as (host: unknown) => Hooks;
  const hooks = make($B);
  $B[hooksMember] = hooks;
  return hooks;
}

/** Instances get their `__dict__` from one function; generators are made by a maker of makers. */
function wrapInstances(
  $B: Members,
  restorer: Restorer,
  report: (object: unknown) => unknown,
): void {
  restorer.replace(
    $B,
    'init_dict',
    (original) =>
      function (this: unknown, object: unknown) {
        (original as AnyFunction).call(this, object);
        report(object);
      },
  );
  restorer.replace($B, 'Float', (original) => {
    const Original = original as { prototype: object } & AnyFunction;
    const Float = function (this: unknown, value: unknown): void {
      Original.call(this, value);
      report(this);
    };
    Float.prototype = Original.prototype;
    return Float;
  });
  const generator = $B['generator'] as Members;
  restorer.replace(
    generator,
    '$factory',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        const maker = (original as AnyFunction).apply(this, args) as AnyFunction;
        return withMembersOf(maker, function (this: unknown, ...values) {
          return report(maker.apply(this, values));
        });
      },
  );
}

function wrapResult(
  restorer: Restorer,
  owner: unknown,
  name: string,
  report: (object: unknown) => unknown,
): void {
  if (owner === null || (typeof owner !== 'object' && typeof owner !== 'function')) return;
  const members = owner as Members;
  if (typeof members[name] !== 'function') return;
  restorer.replace(members, name, (original) => {
    const make = original as AnyFunction;
    return withMembersOf(make, function (this: unknown, ...args) {
      return report(make.apply(this, args));
    });
  });
}

/** Brython compares and reads what it has put on its functions. */
function withMembersOf(original: AnyFunction, wrapper: AnyFunction): AnyFunction {
  for (const key of Reflect.ownKeys(original)) {
    if (['arguments', 'caller', 'length', 'name', 'prototype'].includes(String(key))) continue;
    Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(original, key)!);
  }
  return wrapper;
}
