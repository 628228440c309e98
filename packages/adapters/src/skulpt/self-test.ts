import { TracemallocError } from '@tracemalloc/core';
import { Restorer } from '../contract/index.ts';
import { withLanguage } from './code/compiler.ts';
import type { GuestStack } from './frames/guest-stack.ts';
import type { Skulpt, SkulptClass, SkulptObject } from './host.ts';
import { bornBy } from './objects/births.ts';

const file = '<tracemalloc>';

/** Every form of code that frames and lines are put into. */
const sample = `
def f(a, *b, **c):
    here()
    return [
        here() or x for x in b]
def g(n):
    for i in range(n):
        here()
        yield i
class C(object):
    here()
    x = lambda self: (
        here())
    def __enter__(self):
        here()
    def __exit__(self, *error):
        here()
        return True
with C() as d:
    f(1, 2)
    raise KeyError(
        here())
try:
    for i in g(1):
        C().x()
    del i
finally:
    here()
list(here() for i in [1])
`;

/** The stack at each call of here(), newest frame first. */
const expected = [
  'C:11 <module>:10',
  'C.__enter__:15 <module>:19',
  'f:3 <module>:20',
  'f:5 <module>:20',
  '<module>:22',
  'C.__exit__:17 <module>:19',
  'g:8 <module>:24',
  'C.<lambda>:13 <module>:25',
  '<module>:28',
  '<genexpr>:29 <module>:29',
];

/** Members of `Sk` while the sample runs, which is no program: they are put back afterwards. */
const meanwhile = {
  debugging: false,
  execLimit: null,
  globals: undefined,
  lastYield: undefined,
  yieldLimit: null,
};

/**
 * Runs a sample, once as it is and once with every call suspended, and looks at the guest's stack
 * in each call.
 *
 * @throws TracemallocError `unsupported-host` when a stack is wrong; what compiling or running throws.
 */
export function tryStacks(Sk: Skulpt, stack: GuestStack): void {
  const wanted = expected.map((frames) => rowsOf(frames, stack));
  const settings = new Restorer();
  for (const [name, value] of Object.entries(meanwhile)) {
    settings.define(Sk, name, { value, writable: true, configurable: true });
  }
  stack.paused++;
  try {
    for (const suspends of [false, true]) {
      const found = withLanguage(Sk, () => runSample(Sk, stack, suspends));
      const wrong = wanted.findIndex((rows, i) => rows.join() !== found[i]?.join());
      if (wrong >= 0 || found.length !== wanted.length || stack.sp !== 0) {
        throw new TracemallocError(
          'unsupported-host',
          `Skulpt's stack is not found where it should be (${expected[wrong] ?? 'too many frames'})`,
        );
      }
    }
  } finally {
    settings.restore();
    stack.paused--;
    stack.sp = 0;
    stack.parked.clear();
  }
}

/** The rows of frames that are written as `f:3 <module>:20`. */
function rowsOf(frames: string, stack: GuestStack): number[] {
  return frames.split(' ').map((frame) => {
    const [name, line] = frame.split(':');
    return stack.frameRow(file, Number(line), name!);
  });
}

/** The guest's stack at each call of here(), as rows of frames. */
function runSample(Sk: Skulpt, stack: GuestStack, suspends: boolean): number[][] {
  const { builtin, misceval } = Sk;
  const found: number[][] = [];
  const here = (): unknown => {
    found.push(Array.from(stack.loc.subarray(1, stack.sp + 1)).reverse());
    return builtin.none.none$;
  };
  const wait = (): unknown => {
    const suspension = new misceval.Suspension();
    // Optional: what cannot suspend resumes it at once.
    return Object.assign(suspension, { data: {}, optional: true, resume: here });
  };
  const { gensymcount } = Sk;
  const { code } = Sk.compile(sample, file, 'exec', true);
  if (gensymcount !== undefined) Sk.gensymcount = gensymcount;
  // Skulpt 1.2.0 assigns the module's function, newer versions declare it.
  const load = new Function('Sk', `var $compiledmod;\n${code}\nreturn $compiledmod;`);
  const main = load(Sk) as (globals: object) => unknown;
  let result = main({
    __name__: new builtin.str('tracemalloc'),
    here: new builtin.func(suspends ? wait : here),
  });
  while (result instanceof misceval.Suspension) result = result.resume();
  return found;
}

/** The native classes whose objects are born unseen. Called while the traps are in place. */
export function findUnseen(Sk: Skulpt): string[] {
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
    try {
      return new native(...args).$tmBirth === undefined;
    } catch {
      return true;
    }
  });
}

/** A class whose constructor takes too much to be called here. */
function isTrapped(native: SkulptClass, field: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(native.prototype, field);
  return descriptor?.set !== undefined;
}
