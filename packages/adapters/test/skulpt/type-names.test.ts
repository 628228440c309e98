import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { newSkulpt } from './new-skulpt.ts';

const record = 'class Rec:\n    pass\n';
const program = `
import one, two
class Outer:
    class Rec:
        class Inner(Exception): pass
def make():
    class Rec(list): pass
    return Rec
class Plain: pass
Dynamic = type('Dynamic', (Plain,), {})
kept = [one.Rec(), two.Rec(), two.Rec(), Outer.Rec(), Outer.Rec.Inner(), make()(), Plain(), Dynamic()]
`;

test.each([true, false])(
  'types have their module and what they stand in (minified: %s)',
  (minified) => {
    const { Sk, run } = newSkulpt({ minified });
    const tracer = new Tracer();
    const { buildClass } = Sk.misceval as { buildClass?: unknown };
    const adapter = attachSkulpt(Sk, tracer);
    tracer.start();
    const files = { './one.py': record, './two.py': record };
    expect(run(program, { files })).toEqual({ stdout: '', error: null });
    const found = tracer.takeSnapshot().statistics('type');
    const named = found
      .map(({ traceback, count }) => `${traceback.at(0)?.filename} ${count}`)
      .filter((row) => /Rec|Inner|Plain|Dynamic/.test(row));
    expect(named.sort()).toEqual([
      'Dynamic 1',
      'Outer.Rec 1',
      'Outer.Rec.Inner 1',
      'Plain 1',
      'make.<locals>.Rec 1',
      'one.Rec 1',
      'two.Rec 2',
    ]);
    adapter.detach();
    expect((Sk.misceval as { buildClass?: unknown }).buildClass).toBe(buildClass);
  },
);
