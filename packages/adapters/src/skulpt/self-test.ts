import { withLanguage } from './compiler.ts';
import type { SkulptClass, SkulptHost, SkulptObject } from './host.ts';
import { bornBy } from './kinds.ts';

/** Every form of code that frames are put into. */
const sample = `
def f(a, *b, **c):
    return [x for x in b]
def g(n):
    for i in range(n):
        yield i
class C(object):
    x = lambda self: (y for y in [1])
with f(1) as d:
    del d
try:
    f(g(2))
finally:
    pass
`;

/**
 * Compiles a sample. What is emitted must be found where it was expected, and be JavaScript.
 * @throws TracemallocError `unsupported-host`, or SyntaxError.
 */
export function tryCompiling(Sk: SkulptHost): void {
  const { gensymcount } = Sk;
  const { code } = withLanguage(Sk, () => Sk.compile(sample, '<tracemalloc>', 'exec', true));
  if (gensymcount !== undefined) Sk.gensymcount = gensymcount;
  new Function(code);
}

/** The native classes whose objects are born unseen. Called while the traps are in place. */
export function findUnseen(Sk: SkulptHost): string[] {
  const makers: Readonly<Record<string, readonly unknown[]>> = {
    list: [[]],
    tuple: [[]],
    set: [[]],
    frozenset: [[]],
    dict: [[]],
    int_: [987654321],
    float_: [0.5],
    complex: [0, 0.5],
    bytes: [[]],
    slice: [null, null, null],
    BaseException: [],
  };
  return Object.keys(bornBy).filter((name) => {
    const args = makers[name];
    const native = Sk.builtin[name] as (new (...args: unknown[]) => SkulptObject) | undefined;
    if (native === undefined) return true;
    if (args === undefined) return !isTrapped(Sk.builtin[name] as SkulptClass, bornBy[name]!);
    return new native(...args).$tm === undefined;
  });
}

/** A class whose constructor takes too much to be called here. */
function isTrapped(native: SkulptClass, field: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(native.prototype, field);
  return descriptor?.set !== undefined;
}
