import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import {
  attachSkulpt,
  installSkulptModule,
  type SkulptAttachOptions,
} from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { afterEach, expect, test } from 'vitest';
import { newSkulpt } from './new-skulpt.ts';

/** What the page's event loop has got to do since the program began. */
let turns = 0;
let stop = (): void => undefined;
afterEach(() => {
  stop();
  Reflect.deleteProperty(globalThis, 'gc');
});

const guest = newSkulpt();

/** Gives the guest the module and a function `turns()`. */
function start(options: SkulptAttachOptions = {}): Tracer {
  const { Sk } = guest;
  const { builtin, builtins } = Sk as unknown as {
    builtin: Record<string, new (...args: unknown[]) => object>;
    builtins: Record<string, unknown>;
  };
  builtins['turns'] = new builtin['func']!(() => new builtin['int_']!(turns));
  turns = 0;
  const timer = setInterval(() => turns++, 0);
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer, { liveness: 'finalizers', ...options });
  const { uninstall } = installSkulptModule(Sk, adapter);
  stop = () => {
    clearInterval(timer);
    tracer.stop();
    uninstall();
    adapter.detach();
  };
  return tracer;
}

/** Makes the host able to collect garbage, but not to list the members of weak sets. */
function exposeGc(): void {
  setFlagsFromString('--expose-gc');
  Object.assign(globalThis, { gc: runInNewContext('gc') as () => void });
}

const head = `
import gc, tracemalloc
tracemalloc.start(5)
def make(n):
    return [[i + 0.5] for i in range(n)]
def used():
    return tracemalloc.get_traced_memory()[0]
def made():
    counts = {s.traceback[0].lineno: s.count for s in tracemalloc.take_snapshot().statistics('lineno')}
    return counts.get(5, 0)
`;

test('in an asynchronous run, what was freed is known when the call returns', async () => {
  exposeGc();
  const tracer = start();
  const { stdout, error } = await guest.runAsync(`${head}
kept = make(500)
def inner():
    local = make(500)
    before = turns()
    local = None
    gc.collect()
    return before, turns(), [1.5 + before]
before, after, last = inner()
print(after > before, 900 < made() < 1100)
kept = None
print(used() < 16000)
print(tracemalloc.get_object_traceback(last).format())
`);
  expect([stdout, error]).toEqual([
    `True True
True
['  File "main.py", line 19', '    before, after, last = inner()', '  File "main.py", line 18', '    return before, turns(), [1.5 + before]']
`,
    null,
  ]);
  expect(tracer.takeSnapshot().metadata?.liveness).toBe('gc-async');
});

test('code that cannot be suspended is answered at once, in the same turn', async () => {
  exposeGc();
  start();
  const { stdout, error } = await guest.runAsync(`${head}
kept = make(500)
kept = None
class InBody(object):
    before = turns()
    answer = (gc.collect(), used() > 30000, made() > 900)
    after = turns()
print(InBody.answer, InBody.before == InBody.after)
class InStr(object):
    def __str__(self):
        before = turns()
        return str((made() >= 0, before == turns()))
print(str(InStr()))
def key(x):
    before = turns()
    return (used() > 0) + (before == turns()) + x
print(sorted([2, 1], key=key))
print(made() < 60)
`);
  expect([stdout, error]).toEqual(['(0, True, True) True\n(True, True)\n[1, 2]\nTrue\n', null]);
});

test('in a synchronous run without a collector, frees are a lower bound, and snapshots say so', () => {
  const tracer = start();
  const { stdout, error } = guest.run(`${head}
kept = make(500)
kept = None
print(gc.collect(), turns(), used() > 30000, made() > 900)
`);
  expect([stdout, error]).toEqual(['0 0 True True\n', null]);
  const { metadata } = tracer.takeSnapshot();
  expect(metadata?.liveness).toBe('lower-bound');
  expect(metadata?.['capabilities']).toMatchObject({ frees: 'lower-bound' });
});

test('in a synchronous run on Node, its collector knows at once', () => {
  const collector = nodeCollector();
  const tracer = start({ collector });
  const { stdout, error } = guest.run(`${head}
kept = make(500)
print(made() > 900)
kept = None
gc.collect()
print(turns(), used() < 16000, made() < 60)
`);
  expect([stdout, error]).toEqual(['True\n0 True True\n', null]);
  expect(tracer.takeSnapshot().metadata?.liveness).toBe('gc-sync');
});
