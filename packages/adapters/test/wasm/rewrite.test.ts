import {
  exportOfGlue,
  readWasmModule,
  replaceableFunctions,
  rewriteWasm,
  rewritingStream,
  type WasmFunction,
} from '@tracemalloc/adapters/wasm';
import { TracemallocError } from '@tracemalloc/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleModule } from './sample-module.ts';

type Exports = Record<string, (...args: unknown[]) => unknown>;

const all = ['add', 'twice', 'byPointer', 'hidden', 'tell', 'wide'];

/** An instance of the sample, and what it said. */
function instantiate(bytes: Uint8Array): { exports: Exports; said: unknown[] } {
  const said: unknown[] = [];
  const say = (value: unknown): void => void said.push(value);
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  const { exports } = new WebAssembly.Instance(module, { env: { say } });
  return { exports: exports as unknown as Exports, said };
}

/** What every function of the sample gives. */
function answers({ exports, said }: ReturnType<typeof instantiate>): unknown[] {
  exports['tell']!();
  return [
    exports['add']!(1, 2),
    exports['plus']!(3, 4),
    exports['twice']!(5),
    exports['byPointer']!(6),
    exports['wide']!(2n ** 40n, 1n),
    said.at(-1),
  ];
}

const plainAnswers = [3, 7, 10, 12, 2n ** 40n + 1n, 7];

const instead = (replacement: unknown) => replacement as WasmFunction;

test('a module says which functions it has, by export and by its name section', () => {
  const module = readWasmModule(sampleModule());
  const found = Array.from({ length: module.functionCount }, (_, i) => [
    i,
    module.nameOf(i),
    module.signatureOf(i),
  ]);
  expect(found).toEqual([
    [0, null, 'i:'],
    [1, 'add', 'ii:i'],
    [2, 'twice', 'i:i'],
    [3, 'byPointer', 'i:i'],
    [4, 'hidden', ':i'],
    [5, 'tell', 'i:'],
    [6, 'wide', 'jj:j'],
  ]);
  expect([module.importedFunctions, module.indexOf('hidden'), module.indexOf('plus')]).toEqual([
    1, 4, 1,
  ]);
  expect([module.indexOf('five'), module.indexOf('nothing'), module.signatureOf(7)]).toEqual([
    -1,
    -1,
    null,
  ]);
});

test('nothing is different until something is replaced', () => {
  expect(answers(instantiate(sampleModule()))).toEqual(plainAnswers);
  const rewritten = rewriteWasm(sampleModule(), { functions: all });
  expect(answers(instantiate(rewritten))).toEqual(plainAnswers);
});

test('a replaced function is called by code, by pointers and from outside, until it is put back', () => {
  const instance = instantiate(rewriteWasm(sampleModule(), { functions: all }));
  const functions = replaceableFunctions(instance.exports);
  expect([...functions.values()].map(({ name, signature }) => `${name} ${signature}`)).toEqual([
    'add ii:i',
    'twice i:i',
    'byPointer i:i',
    'hidden :i',
    'tell i:',
    'wide jj:j',
  ]);
  const add = functions.get('add')!;
  const plain = add.original as unknown as (a: number, b: number) => number;
  const undo = [
    add.replace(instead((a: number, b: number) => plain(a, b) + 100)),
    functions.get('hidden')!.replace(instead(() => -8)),
    functions.get('wide')!.replace(instead((a: bigint, b: bigint) => a * b)),
  ];
  expect(answers(instance)).toEqual([103, 107, 110, 112, 2n ** 40n, -8]);
  for (const step of undo) step();
  expect(answers(instance)).toEqual(plainAnswers);
});

test('replacements of one function stand on each other, and go in any order', () => {
  const { exports } = instantiate(rewriteWasm(sampleModule(), { functions: [1] }));
  const add = replaceableFunctions(exports).get('1')!;
  const first = add.replace(instead(() => 1));
  const second = add.replace(instead(() => 2));
  const found = [exports['add']!(0, 0)];
  first();
  first();
  found.push(exports['add']!(0, 0));
  second();
  found.push(exports['add']!(0, 0));
  expect(found).toEqual([2, 2, 0]);
});

test('an exception of a replacement reaches who called the module', () => {
  const { exports } = instantiate(rewriteWasm(sampleModule(), { functions: ['add'] }));
  const undo = replaceableFunctions(exports)
    .get('add')!
    .replace(
      instead(() => {
        throw new Error('no more');
      }),
    );
  expect(() => exports['twice']!(1)).toThrow('no more');
  undo();
  expect(exports['twice']!(1)).toBe(2);
});

test('two instances of one module do not see each other', () => {
  const bytes = rewriteWasm(sampleModule(), { functions: ['add'] });
  const [one, other] = [instantiate(bytes), instantiate(bytes)];
  replaceableFunctions(one.exports)
    .get('add')!
    .replace(instead(() => 0));
  expect([one.exports['twice']!(4), other.exports['twice']!(4)]).toEqual([0, 8]);
});

test('the table is exported, and can grow', () => {
  const { exports } = instantiate(rewriteWasm(sampleModule(), { exportTable: 'table' }));
  const table = exports['table'] as unknown as WebAssembly.Table;
  expect([table.length, table.grow(3), table.get(0) === (exports['add'] as unknown)]).toEqual([
    1,
    1,
    true,
  ]);
});

test('a stream gives the same bytes, in whatever pieces it comes', async () => {
  const bytes = sampleModule();
  const options = { functions: ['twice', 6, 'add'], exportTable: 'table' };
  const whole = Buffer.from(rewriteWasm(bytes, options));
  for (const size of [1, 2, 7, 64, 1000]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.slice(i * size, (i + 1) * size),
    );
    const stream = new Blob(pieces).stream().pipeThrough(rewritingStream(options));
    expect(Buffer.from(await new Response(stream as never).arrayBuffer())).toEqual(whole);
  }
});

test('errors say what there is, and what to do', () => {
  const bytes = sampleModule();
  const message = (work: () => unknown): string => {
    try {
      return `gave ${work()}`;
    } catch (error) {
      return String(error);
    }
  };
  const rewritten = rewriteWasm(bytes, { functions: ['add'] });
  expect([
    message(() => rewriteWasm(bytes, { functions: ['malloc'] })),
    message(() => rewriteWasm(bytes, { functions: [7] })),
    message(() => rewriteWasm(bytes, { functions: [0] })),
    message(() => rewriteWasm(bytes, { functions: ['five'] })),
    message(() => rewriteWasm(rewritten, { functions: ['twice'] })),
    message(() => rewriteWasm(bytes, { tables: 'x' } as never)),
    message(() => rewriteWasm(new Uint8Array(20), { functions: [1] })),
    message(() => rewriteWasm(bytes.subarray(0, 200), { functions: [1] })),
    message(() => rewriteWasm(bytes.subarray(0, 8), { exportTable: 'table' })),
    message(() => replaceableFunctions(instantiate(bytes).exports)),
  ]).toEqual([
    'RangeError: the WASM module has no function "malloc"',
    'RangeError: the WASM module has functions 0 to 6, got 7',
    'RangeError: function 0 of the WASM module is imported: replace it in the imports',
    'RangeError: the WASM module has no function "five"',
    'TracemallocError: the WASM module was rewritten already',
    'TypeError: unknown option "tables" of rewriteWasm; it takes functions, exportTable',
    'TracemallocError: the WASM module is damaged: it does not begin as modules of version 1 do (byte 0)',
    'TracemallocError: the WASM module is damaged: 2 bytes are announced where none follow (byte 200)',
    'TracemallocError: the WASM module has no table, so none can be exported',
    'TracemallocError: the WASM module was not rewritten: instantiate what rewriteWasm(bytes, { functions }) gives',
  ]);
});

test('a damaged module is refused, or what comes of it is as valid as it was', () => {
  const plain = sampleModule();
  const damage = fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 3,
  });
  let refused = 0;
  fc.assert(
    fc.property(damage, fc.nat(plain.length), (changes, cut) => {
      const bytes = sampleModule();
      for (const [at, value] of changes) bytes[at] = value;
      const given = cut % 4 === 0 ? bytes.slice(0, cut) : bytes;
      try {
        const rewritten = rewriteWasm(given, { functions: ['add', 4], exportTable: 'table' });
        if (WebAssembly.validate(given as Uint8Array<ArrayBuffer>)) {
          expect(WebAssembly.validate(rewritten)).toBe(true);
        }
      } catch (error) {
        if (!(error instanceof TracemallocError) && !(error instanceof RangeError)) throw error;
        refused++;
      }
    }),
    { numRuns: 300 * Number(process.env['TEST_RUNS'] ?? 1) },
  );
  expect(refused).toBeGreaterThan(50);
});

test('the names that Emscripten made short are found in its glue', () => {
  expect([
    exportOfGlue('a._malloc=b', 'no_such_function'),
    exportOfGlue('x._free=a.b;y._free=a["c"]', 'free'),
    exportOfGlue('_sqlite3_free = m.q; var _free = Module["_free"] = wasmExports["r"]', 'free'),
    exportOfGlue('a._malloc=b=c.Ia', 'malloc'),
  ]).toEqual([null, null, 'r', 'Ia']);
});
