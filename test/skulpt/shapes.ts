/**
 * Traces a program whose lists, tuples, dicts … have many shapes, and prints how many of its objects
 * were counted: `node shapes.js <folder of a Skulpt>`. With `--unguarded`, setters lack what guards
 * them against V8 before 12 (Node 18 and 20), which calls an inherited accessor when a class field is
 * defined on objects of many shapes.
 */
import process from 'node:process';
import { attachSkulpt, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';

const rounds = 20;
const shapes = 12;
const natives = ['list', 'dict', 'float', 'Exception'];

/** Each class has a shape of its own. */
const program = [
  ...natives.flatMap((native) =>
    Array.from({ length: shapes }, (_, i) => `class ${native}${i}(${native}): pass`),
  ),
  `made = []`,
  `for n in range(${rounds}):`,
  ...natives.flatMap((native) =>
    Array.from({ length: shapes }, (_, i) => `    made.append(${native}${i}())`),
  ),
].join('\n');

const guard = 'busy === this || ';

/** Calls `work` with setters made without their guard. */
function unguarded<T>(work: () => T): T {
  const { Function: original } = globalThis;
  let removed = 0;
  globalThis.Function = new Proxy(original, {
    construct(target, texts: string[]) {
      const body = texts.at(-1) ?? '';
      if (body.includes(guard)) removed++;
      return target(...texts.slice(0, -1), body.replace(guard, ''));
    },
  });
  try {
    const result = work();
    if (removed === 0) throw new Error(`no setter has the guard: ${guard}`);
    return result;
  } finally {
    globalThis.Function = original;
  }
}

/** How many objects of the program were counted, or the error that stopped it. */
function countTraced(folder: string): string {
  const Sk = createSkulpt(readSkulptBuild({ folder })) as SkulptHost & {
    configure(options: object): void;
  };
  Sk.configure({ __future__: Sk.python3, read: () => '', output: () => undefined });
  const tracer = new Tracer();
  attachSkulpt(Sk, tracer, { onWarning: (text) => void process.stderr.write(`${text}\n`) });
  tracer.start();
  try {
    Sk.importMainWithBody('main', false, program, false);
  } catch (error) {
    return String(error);
  }
  const counts = new Map<number, number>();
  for (const { traceback, count } of tracer.takeSnapshot().statistics('lineno')) {
    counts.set(traceback.at(0)!.lineno, count);
  }
  const first = natives.length * shapes + 3;
  const lines = Array.from({ length: natives.length * shapes }, (_, i) => counts.get(first + i));
  const wrong = lines.filter((count) => count === undefined || count < rounds).length;
  return `${wrong} of ${lines.length} lines miss objects`;
}

const [folder = '', option] = process.argv.slice(2);
const count = (): string => countTraced(folder);
process.stdout.write(`${option === '--unguarded' ? unguarded(count) : count()}\n`);
