import { attachPyodide } from '@tracemalloc/adapters/pyodide';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { nobody, textOf } from '../wasm/ledger-pair.ts';
import type { Pyodide } from './compare-tracers.ts';
import { newPyodide, olderPyodide } from './new-pyodide.ts';

const program = `import collections, gc, json, sys
class Node:
    __slots__ = ('left', 'right')
    def __init__(self, depth):
        self.left = Node(depth - 1) if depth else None
        self.right = Node(depth - 1) if depth else None
class Plain: pass
def numbers(n):
    for i in range(n):
        step(i)
        yield [i, str(i)]
def deep(n):
    return [n, deep(n - 1)] if n else []
def failing(i):
    raise KeyError(f'no {i}')
kept = [Node(5)]
tables = {}
for i, pair in enumerate(numbers(40)):
    kept.append(pair)
    tables[i] = {f'key {j}': float(j) for j in range(i % 7)}
    if i % 3: del tables[i]
kept.append(deep(60))
# Code and classes that die, so that others come to lie at their places.
for i in range(30):
    scope = {}
    exec(f'def made(x):\\n    return [x] * {i}\\nclass C{i % 4}: pass\\nout = [made(3), C{i % 4}()]', scope)
    kept.append(scope['out'] if i % 5 else None)
for i in range(20):
    try: failing(i)
    except KeyError as error: kept.append(str(error))
kept.append(json.loads(json.dumps([{'a': [1, 2.5, 'x' * i]} for i in range(20)])))
kept.append(bytearray(3000)); kept[-1].extend(b'x' * 9000)
kept.append(collections.OrderedDict((str(i), Plain()) for i in range(20)))
kept[1:20] = []
gc.collect()
step(-1)
`;

type Steps = (tracer: Tracer, adapter: ReturnType<typeof attachPyodide>) => (i: number) => void;

/** What is known of a program at its end. `step` is called by the program. */
function trace(
  pyodide: Pyodide,
  { isHeard, nframe = 25, source = program, steps }: Given,
): string[] {
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  const undo = isHeard ? tracer.onEvents(nobody) : () => undefined;
  const globals = pyodide.runPython('dict()') as { set(name: string, value: unknown): void };
  globals.set('step', steps?.(tracer, adapter) ?? (() => undefined));
  tracer.start(nframe);
  pyodide.runPython(source, { filename: 'app.py', globals });
  const text = textOf(tracer.takeSnapshot().data);
  expect(adapter.failures).toBe(0);
  undo();
  adapter.detach();
  return text;
}

type Given = {
  /** Every event is told to JavaScript. */
  readonly isHeard: boolean;
  readonly nframe?: number;
  readonly source?: string;
  readonly steps?: Steps;
};

test.for([
  ['3.14', newPyodide, 25],
  ['3.14', newPyodide, 2],
  ['3.13', olderPyodide, 1],
] as const)(
  'what is counted in WASM is what JavaScript counts that is told of every event: CPython %s',
  async ([, load, nframe]) => {
    const counted = trace(await load(), { isHeard: false, nframe });
    expect(counted).toEqual(trace(await load(), { isHeard: true, nframe }));
    expect(counted.length).toBeGreaterThan(100);
  },
);

test('so is what is read, excluded, reset and labelled in the midst of it', async () => {
  const run = async (isHeard: boolean): Promise<[string[], unknown[]]> => {
    const seen: unknown[] = [];
    const steps: Steps = (tracer, adapter) => {
      const done: Record<number, () => void> = {
        10: () => tracer.resetPeak(),
        12: () => tracer.setLabel(tracer.label('second part')),
        20: () => adapter.excludeFile('json/decoder.py'),
        22: () => adapter.exclude(() => tracer.track(5, 64, 22, [['c.py', 22]])),
        24: () => tracer.setLabel(0),
        30: () => seen.push(textOf(tracer.takeSnapshot().data)),
      };
      return (i) => {
        if (i % 4 === 0) seen.push({ ...tracer.getTracedMemory() });
        done[i]?.();
      };
    };
    return [trace(await newPyodide(), { isHeard, steps }), seen];
  };
  expect(await run(false)).toEqual(await run(true));
});

test('who listens for a while hears all of that, and changes nothing', async () => {
  let heard = 0;
  const listener = { ...nobody, alloc: () => void heard++ };
  const steps: Steps = (tracer) => {
    let undo = (): void => undefined;
    return (i) => {
      if (i % 10 === 3) undo = tracer.onEvents(listener);
      if (i % 10 === 7) undo();
    };
  };
  const told = trace(await newPyodide(), { isHeard: true });
  expect(trace(await newPyodide(), { isHeard: false, steps }).length).toBe(told.length);
  expect(heard).toBeGreaterThan(16);
});

test('a stack that is too deep for WASM is read in JavaScript', async () => {
  const source = `import sys
sys.setrecursionlimit(9000)
def deep(n):
    return [n, deep(n - 1)] if n else [bytes(9)]
kept = deep(6000)
kept.append(deep(10))
`;
  const counted = trace(await newPyodide(), { isHeard: false, nframe: 3, source });
  expect(counted).toEqual(trace(await newPyodide(), { isHeard: true, nframe: 3, source }));
});

test('two Pyodides on one tracer, of which one is counted in WASM', async () => {
  const pair = [await newPyodide(), await newPyodide()];
  const run = (isHeard: boolean, hosts: readonly Pyodide[]): string[] => {
    const tracer = new Tracer();
    const adapters = hosts.map((host) => attachPyodide(host, tracer));
    const undo = isHeard ? tracer.onEvents(nobody) : () => undefined;
    tracer.start(3);
    for (const [i, host] of [...hosts, ...hosts].entries()) {
      const source = `kept${i} = [bytes(50 + ${i}), [1.5 * j for j in range(${i + 5})]]`;
      host.runPython(source, { filename: `app${i}.py` });
    }
    const text = textOf(tracer.takeSnapshot().data).filter((line) => line.startsWith('app'));
    for (const adapter of adapters) adapter.detach();
    undo();
    return text;
  };
  const counted = run(false, pair);
  expect(counted.length).toBe(8);
  expect(run(true, [await newPyodide(), await newPyodide()])).toEqual(counted);
});

test('where the memory is not found, JavaScript is told of every event', async () => {
  const pyodide = await newPyodide();
  const module = (pyodide as unknown as { _module: { LDSO: unknown } })._module;
  const { LDSO } = module;
  module.LDSO = {};
  const told = trace(pyodide, { isHeard: false, nframe: 4 });
  module.LDSO = LDSO;
  expect(told).toEqual(trace(await newPyodide(), { isHeard: false, nframe: 4 }));
});
