import {
  attachQuickJS,
  installQuickJSModule,
  type QuickJsAdapter,
} from '@tracemalloc/adapters/quickjs';
import { runQuickJsProgram } from '@tracemalloc/adapters/quickjs/node';
import { Tracer } from '@tracemalloc/core';
import type { QuickJSContext, QuickJSRuntime } from 'quickjs-emscripten';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labelsByLine } from '../labels-by-line.ts';
import { newQuickJs, run } from './new-quickjs.ts';

let runtime: QuickJSRuntime;
let context: QuickJSContext;
let tracer: Tracer;
let adapter: QuickJsAdapter;

beforeEach(async () => {
  runtime = (await newQuickJs()).newRuntime();
  context = runtime.newContext();
  tracer = new Tracer();
  adapter = attachQuickJS(runtime, tracer);
});

afterEach(() => {
  adapter.detach();
  context.dispose();
  runtime.dispose();
});

const head = `const { label, limit, mark } = require('tracemalloc_extra'); const keep = globalThis.keep = []; const big = () => new ArrayBuffer(5000);`;

/** Runs a script to its end, with what it leaves for later. @returns where the big blocks are from, and their labels. */
function labelled(source: string): string[] {
  installQuickJSModule(context, adapter);
  tracer.start(1);
  run(context, `${head}\n${source}`);
  while (runtime.hasPendingJob()) runtime.executePendingJobs();
  return labelsByLine(tracer, 'app.js');
}

/** A value of the guest's, as JavaScript has it. */
function guestValue(source: string): unknown {
  const result = context.evalCode(source);
  const value = context.dump(context.unwrapResult(result));
  result.dispose();
  return value;
}

const keeping = (line: string): string => `keep.push(new ArrayBuffer(5000)); ${line}`;

test('a label holds in the function that opened it until it is closed, nested ones in theirs', () => {
  const labels = labelled(`function parse() {
  const outer = label('outer');
  ${keeping('keep.push(big())')}
  const inner = label('inner');
  ${keeping('inner.close(); inner.close()')}
  ${keeping('outer.close()')}
  ${keeping('')}
}
parse();
${keeping('')}`);

  expect(labels).toEqual(['1: outer', '4: outer', '6: inner', '7: outer', '8: ', '11: ']);
});

test('what a function keeps open ends with its call', () => {
  const labels = labelled(`function left() { label('left'); ${keeping('')} }
function other() { ${keeping('')} }
function another() { label('short').close(); ${keeping('')} }
left();
${keeping('')}
other();
left();
another();`);

  expect([...new Set(labels)]).toEqual(['2: left', '3: ', '4: ', '6: ']);
});

test('a labelled function has its label whenever it runs: also native, bound, a class, or failing', () => {
  const labels = labelled(`const of = label('native', Uint8Array.from);
keep.push(of.call(Uint8Array, { length: 5000 }));
const bound = label('bound', function (n) { keep.push(new ArrayBuffer(n)); return this.a; }.bind({ a: 7 }));
keep.push(bound(5000));
const Thing = label('class', class {
  constructor() {
    ${keeping('')}
  }
});
keep.push(new Thing());
const failing = label('failing', () => {
  ${keeping("throw new Error('x')")}
});
try { failing(); } catch {
  ${keeping('')}
}
const Proxied = label('proxied', new Proxy(class {
  field = new ArrayBuffer(5000);
}, {}));
keep.push(new Proxied());
label('later', Thing);
keep.push(new Thing());`);

  expect(labels).toEqual([
    '3: native',
    '4: bound',
    '8: class',
    '8: later',
    '13: failing',
    '16: ',
    '19: proxied',
  ]);
  expect(guestValue('keep.includes(7)')).toBe(true);
});

test('asynchronous functions and generators have their label whenever they go on, and nobody else meanwhile', () => {
  const labels = labelled(`const work = label('work', async () => {
  ${keeping('await null')}
  ${keeping('await helper()')}
  ${keeping('')}
});
async function helper() {
  await null;
  ${keeping('await null')}
  ${keeping('')}
}
async function other() {
  await null;
  ${keeping('await null')}
  ${keeping('')}
}
work();
other();
${keeping('')}
function* items() {
  const scope = label('items');
  yield 1;
  ${keeping('yield 2')}
  scope.close();
  ${keeping('')}
}
for (const item of items()) {
  ${keeping('')}
}
async function* slow() {
  await null;
  ${keeping('yield 1')}
}
label('reader', async () => {
  for await (const item of slow()) ${keeping('')}
})();`);

  expect(labels).toEqual([
    '3: work',
    '4: work',
    '5: work',
    '9: work',
    '10: work',
    '14: ',
    '15: ',
    '19: ',
    '23: items',
    '25: ',
    '28: ',
    '32: reader',
    '35: reader',
  ]);
});

test('what is called back has the label in which its function was made, where nobody else calls it', () => {
  const labels = labelled(`const made = label('maker', () => () => {
  ${keeping('')}
})();
made();
Promise.resolve().then(made);
Promise.resolve().then(function () {
  ${keeping('')}
});`);

  expect(labels).toEqual(['3: ', '3: maker', '8: ']);
});

test('withLabel labels what has none of its own, also after an await', () => {
  installQuickJSModule(context, adapter);
  tracer.start(1);
  run(context, `${head}\nasync function work() {\n${keeping('await null')}\n${keeping('')}\n}`);
  run(context, `const own = label('own', () => {\n${keeping('')}\n});`, 'own.js');
  run(context, `var made = label('maker', () => () => {\n${keeping('')}\n})();`, 'made.js');
  tracer.withLabel('host', () => run(context, 'work(); own();'));
  const callback = context.getProp(context.global, 'made');
  tracer.withLabel('host', () => context.callFunction(callback, context.undefined).dispose());
  callback.dispose();
  while (runtime.hasPendingJob()) runtime.executePendingJobs();

  expect(labelsByLine(tracer, 'app.js')).toEqual(['3: host', '4: host']);
  expect(labelsByLine(tracer, 'own.js')).toEqual(['2: own']);
  expect(labelsByLine(tracer, 'made.js')).toEqual(['2: host']);
});

test('an object has the label of when it was made, and not of when it is known to be one', () => {
  tracer.start(1);
  const names = ['first', 'second', 'third'];
  const kept = names.map((name) => tracer.withLabel(name, () => context.newObject()));
  const { sites, strings } = tracer.takeSnapshot().data;

  const objects = [...sites.label.keys()].filter((row) => strings[sites.type[row]!] === 'Object');
  expect(objects.map((row) => strings[sites.label[row]!]).sort()).toEqual(names);
  for (const object of kept) object.dispose();
});

test('labels go on when tracing begins anew, and a function that is gone leaves none', () => {
  installQuickJSModule(context, adapter);
  tracer.start(1);
  run(context, `${head}\nvar again = label('again', () => {\n${keeping('')}\n});`);
  tracer.stop();
  run(context, `for (let i = 0; i < 100; i++) label('gone', () => {});`);
  tracer.start(1);
  run(context, 'again();');
  run(
    context,
    `const make = () => () => {\n${keeping('')}\n};\nfor (let i = 0; i < 100; i++) make()();
for (let i = 0; i < 100; i++) label('gone', make());\nfor (let i = 0; i < 100; i++) make()();`,
    'next.js',
  );

  expect(labelsByLine(tracer, 'app.js')).toEqual(['3: again']);
  expect(labelsByLine(tracer, 'next.js')).toEqual(['2: ']);
});

test('modules import it, and what is no name, no function and no limit is an error', () => {
  installQuickJSModule(context, adapter);
  const module = `import { label, limit, mark } from 'tracemalloc_extra';
const error = (work) => { try { return String(work()); } catch (e) { return e instanceof Error && String(e); } };
globalThis.errors = [() => label(3), () => label('a', 3), () => mark(null), () => limit(1.5), () => limit(0), () => require('fs'), () => mark('loaded')].map(error);`;
  const result = context.evalCode(module, 'app.mjs', { type: 'module' });
  expect(result.error).toBeUndefined();
  result.dispose();

  expect(guestValue('errors')).toEqual([
    'TypeError: name must be a string, not number',
    'TypeError: f must be a function, not number',
    'TypeError: name must be a string, not object',
    'TypeError: size must be an integer or null, not number',
    'RangeError: size must be in 1..9007199254740991, got 0',
    "Error: Cannot find module 'fs'",
    'undefined',
  ]);
  expect(guestValue('typeof __tracemalloc_natives')).toBe('undefined');
  expect(() => installQuickJSModule(context, adapter)).toThrow(
    'this QuickJS context has tracemalloc_extra already',
  );
});

test("a limit is the tracer's, and a require of another's stays", () => {
  run(context, 'globalThis.require = (name) => name;');
  installQuickJSModule(context, adapter);
  tracer.setLimit(1_000_000);
  const limits = `import { limit } from 'tracemalloc_extra';
try { limit(2000000); } catch (e) { globalThis.error = String(e); }
limit(500000);`;
  context.evalCode(limits, 'app.mjs', { type: 'module' }).dispose();

  expect(tracer.limit?.bytes).toBe(500_000);
  expect(guestValue('[require("x"), error]')).toEqual([
    'x',
    'RangeError: size must be in 1..1000000, which is what whoever runs the program allows, got 2000000',
  ]);
});

test('a timer has the label of who set it, and its program the module', async () => {
  // What a program keeps lives as long as its runtime, which is not disposed of.
  const own = (await newQuickJs()).newRuntime();
  const ofProgram = attachQuickJS(own, tracer);
  tracer.start(1);
  const errors: string[] = [];
  const source = `${head}
const later = () => {
  ${keeping('')}
};
label('timers', () => setTimeout(later, 1))();
setTimeout(() => {
  ${keeping('')}
}, 0);`;
  await runQuickJsProgram(own, ofProgram, {
    source,
    filename: 'app.js',
    argv: [],
    cwd: '/',
    stdout: () => undefined,
    stderr: (text) => errors.push(text),
  });

  expect(errors).toEqual([]);
  expect(labelsByLine(tracer, 'app.js')).toEqual(['3: timers', '7: ']);
});
