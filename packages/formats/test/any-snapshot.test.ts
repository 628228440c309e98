import { type Snapshot, Tracer } from '@tracemalloc/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRows, snapshotFromRows } from '../../core/test/codec/fixtures.ts';
import { runs } from '../../core/test/runs.ts';
import { readers } from './readers.ts';
import { smallSnapshot } from './small-snapshot.ts';

const sumOf = (numbers: Iterable<number>) => [...numbers].reduce((sum, one) => sum + one, 0);

/** One block in a traceback of these functions, MOST RECENT FIRST, each in a file of its name. */
function snapshotIn(functions: readonly string[], type = ''): Snapshot {
  const tracer = new Tracer();
  tracer.start(65535);
  for (const [index, name] of functions.entries()) {
    tracer.stack[index] = tracer.frame(tracer.string(name), 1, tracer.string(name));
  }
  const domain = tracer.domain({ name: 'guest', ids: 'serial', code: 0 });
  tracer.alloc(domain, 1, 64, tracer.capture(functions.length), tracer.type(type));
  return tracer.takeSnapshot();
}

const hostileNames = {
  'lone surrogates': ['\ud800', 'a\udc80b', '\udfff\ud800'],
  'control characters': ['nul\0nul', 'line\nbreak', 'carriage\r\nreturn', '\x1b[31m', 'tab\t'],
  'line ends of JavaScript': ['\u2028', 'a\u2029b', '\u0085'],
  separators: [';', 'a;b', ' 12', 'x 12', ' | ', ',', '"', '""', "'", '\\', ' '],
  formulas: ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', "=cmd|'/c calc'!A1"],
  markup: ['</script><img onerror=alert(1)>', '<module>', 'javascript:alert(1)', '\u202eevil'],
  'names of prototypes': ['__proto__', 'constructor', 'toString'],
  'long names': ['x'.repeat(10_000), '\u{1f600}'.repeat(3000)],
};

describe.each(Object.entries(hostileNames))('names that are %s', (_, names) => {
  test.each(Object.keys(readers))('reach a reader of %s', async (format) => {
    for (const name of names) {
      const stacks = await readers[format]!(snapshotIn([name, 'main'], name));
      expect(stacks).toEqual([[[seenIn(format, 'main'), seenIn(format, name)], 64]]);
    }
  });
});

/** As UTF-8 has it. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** What a reader of the format sees of the name, which is that of the file too. */
function seenIn(format: string, name: string): string {
  const text = `${name} (${name}:1)`;
  switch (format) {
    case 'json':
    case 'speedscope':
    case 'heapprofile':
    case 'firefox':
      return name;
    case 'pprof':
    case 'otlp':
    case 'parquet':
      return wellFormed(name);
    case 'csv':
      return csvText(name, text);
    default:
      return wellFormed(text.replaceAll(';', ':').replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' '));
  }
}

function csvText(name: string, text: string): string {
  const whole = wellFormed(text.replaceAll('|', '¦').replaceAll('\0', '\ufffd'));
  return /^[=+\-@\t\r]/.test(name) ? `'${whole}` : whole;
}

test.each(Object.keys(readers))(
  '%s holds a traceback deeper than recursion goes',
  async (format) => {
    const functions = Array.from({ length: 8000 }, (_, index) => `f${index}`);
    const [[names, bytes]] = (await readers[format]!(snapshotIn(functions))) as [
      [string[], number],
    ];
    expect([names.length, bytes]).toEqual([8000, 64]);
    expect([names[0]!.split(' ')[0], names.at(-1)!.split(' ')[0]]).toEqual(['f7999', 'f0']);
  },
);

test.each(Object.keys(readers))(
  '%s of an empty snapshot is a file without stacks',
  async (format) => {
    const tracer = new Tracer();
    tracer.start();
    const stacks = await readers[format]!(tracer.takeSnapshot());
    // The Firefox Profiler needs one sample.
    expect(stacks).toEqual(format === 'firefox' ? [[[], 0]] : []);
  },
);

test.each(Object.keys(readers))('%s is the same at any time', async (format) => {
  const once = await readers[format]!(smallSnapshot());
  expect(await readers[format]!(smallSnapshot())).toEqual(once);
});

test.each(Object.keys(readers))('the bytes of %s add up, for any snapshot', async (format) => {
  // A value of pprof is an int64.
  const most = format === 'pprof' || format === 'otlp' ? 2 ** 63 : Number.POSITIVE_INFINITY;
  await fc.assert(
    fc.asyncProperty(anyRows(false).map(snapshotFromRows), async (snapshot) => {
      const sum = sumOf((await readers[format]!(snapshot)).map(([, bytes]) => bytes));
      const live = sumOf(snapshot.data.sites.liveSize.map((size) => Math.min(size, most)));
      // Some formats hold integers, so that each site is rounded.
      const tolerance = snapshot.data.sites.length + live * 1e-12;
      expect(Math.abs(sum - live)).toBeLessThanOrEqual(tolerance);
    }),
    { numRuns: runs(25) },
  );
});
