import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Snapshot, TracemallocError } from '@tracemalloc/core';
import { dump, load, loadChunks } from '@tracemalloc/core/codec';
import { between } from '@tracemalloc/core/timeline';
import { Packr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { magic, sectionTag } from '../../src/codec/schema.ts';
import { prologue, section } from '../../src/codec/sections.ts';
import { runs } from '../runs.ts';
import { fullRows, snapshotFromRows, timelineRows } from './fixtures.ts';
import { flips, outcomeOf, prefixes, randomBuffers, reseal } from './mutations.ts';

const bytes = dump(snapshotFromRows(fullRows(true)));
const packr = new Packr({ useRecords: false, mapsAsObjects: false });

type Body = Record<string, unknown>;

const head: Body = {
  ...{ tracebackLimit: 1, strings: 2, frames: 1, tracebacks: 1, tracebackFrames: 1 },
  ...{ sites: 1, traces: 1, weighted: false, metadata: '{}' },
};
/** A block of width 0 would be refused in key columns: one byte a row, base 0. */
const column = (...values: number[]) => Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, ...values);
const doubles = (...values: number[]) =>
  Uint8Array.of(8, ...new Uint8Array(Float64Array.from(values).buffer));
const strings: Body = { rows: 2, length: column(0, 4), bytes: Buffer.from('a.py') };
const frames: Body = { rows: 1, line: column(7), file: column(1) };
const tracebacks: Body = { rows: 1, depth: column(1), totalNframe: column(1) };
const tracebackFrames: Body = { rows: 1, frame: column(0) };
const sites: Body = { rows: 1, traceback: column(0) };
const traces: Body = { rows: 1, site: column(0), size: column(100) };

const good: readonly [keyof typeof sectionTag, Body][] = [
  ['head', head],
  ['strings', strings],
  ['frames', frames],
  ['tracebacks', tracebacks],
  ['tracebackFrames', tracebackFrames],
  ['sites', sites],
  ['traces', traces],
  ['end', {}],
];

const pack = (body: unknown): Uint8Array => packr.pack(body);
const asMap = (body: Body): Uint8Array => pack(new Map(Object.entries(body)));

/** A file of the good sections, with other values in one of them, `undefined` = without. */
function fileWith(name?: keyof typeof sectionTag, change: Body = {}): Uint8Array {
  const parts = good.map(([tag, body]) => {
    const changed = Object.entries({ ...body, ...(tag === name ? change : {}) });
    return section(
      sectionTag[tag],
      asMap(Object.fromEntries(changed.filter(([, v]) => v !== undefined))),
    );
  });
  return new Uint8Array(Buffer.concat([prologue(1), ...parts]));
}

function errorOf(input: Uint8Array): TracemallocError {
  try {
    load(input);
  } catch (error) {
    if (error instanceof TracemallocError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('damage', () => {
  test('every prefix is truncated', () => {
    const others = [...prefixes(bytes)].filter((prefix) => {
      const { code, details } = errorOf(prefix);
      return code !== 'truncated' || details['offset'] !== prefix.length;
    });
    expect(others).toEqual([]);
  });

  test('every prefix of a gzipped file is truncated', () => {
    const others = [...prefixes(gzipSync(bytes))].filter(
      (prefix) => prefix.length > 0 && outcomeOf(() => load(prefix), bytes.length) !== 'truncated',
    );
    expect(others).toEqual([]);
  });

  test('no changed byte goes unnoticed', () => {
    const inputs = [...flips(bytes, runs(2000), 1)];
    const seen = new Set(inputs.map((input) => outcomeOf(() => load(input), input.length)));
    const codes = ['bad-magic', 'corrupt', 'trailing-data', 'truncated', 'unsupported-version'];
    expect(codes).toEqual(expect.arrayContaining([...seen]));
  });

  test('behind right checksums a change is refused or gives another sound snapshot', () => {
    const seen = new Set<string>();
    for (const input of flips(bytes, runs(2000), 2)) {
      const outcome = outcomeOf(() => {
        const snapshot = load(reseal(input));
        const again = load(dump(snapshot)).data.traces;
        if (!isDeepStrictEqual(again, snapshot.data.traces)) throw new Error('it is not sound');
      }, input.length);
      seen.add(outcome);
    }
    expect(seen).toContain('read');
    expect(seen).toContain('corrupt');
  });

  test('a changed time line is refused, or gives another that answers', () => {
    const seen = new Set<string>();
    for (const input of flips(dump(snapshotFromRows(timelineRows())), runs(1000), 5)) {
      const outcome = outcomeOf(() => {
        const snapshot = load(reseal(input));
        const { length } = snapshot.timeline?.points ?? { length: 0 };
        for (let to = 0; to <= length && snapshot.timeline; to++) {
          load(dump(between(snapshot, 0, to)));
        }
        if (!isDeepStrictEqual(load(dump(snapshot)).data, snapshot.data)) {
          throw new Error('it is not sound');
        }
      }, input.length);
      seen.add(outcome);
    }
    expect(seen).toContain('read');
    expect(seen).toContain('corrupt');
  });

  test('random bytes are no snapshot', () => {
    const inputs = [...randomBuffers(runs(1000), 3, bytes.subarray(0, 25))];
    const read = inputs.filter((input) => outcomeOf(() => load(input), input.length) === 'read');
    expect(read).toEqual([]);
  });

  test('a changed byte of a gzipped file is noticed or was no part of the snapshot', () => {
    const unnoticed = [...flips(gzipSync(bytes), runs(1000), 4)].filter((input) => {
      let read: Uint8Array | null = null;
      const outcome = outcomeOf(() => {
        read = dump(load(input));
      }, bytes.length);
      return outcome === 'read' && !Buffer.from(read!).equals(bytes);
    });
    expect(unnoticed).toEqual([]);
  });
});

describe('what a reader says', () => {
  test('the hand-made file is good', () => {
    expect(String(load(fileWith()).traces.at(0))).toBe('a.py:7: 100 B');
  });

  test('of a newer version: which it found and which it reads', () => {
    const newer = bytes.slice();
    newer[magic.length] = 3;
    const error = errorOf(newer);
    expect(error.message).toBe(
      'snapshot format version 3 is not supported: this library reads 1, 2 (at byte 12)',
    );
    expect(error.details).toEqual({ found: 3, supported: [1, 2], offset: 12 });
  });

  test('of a version that the head is not of', () => {
    const plain = bytes.slice();
    plain[magic.length] = 2;
    expect(errorOf(plain).message).toMatch(/^corrupt snapshot: labelled is not a boolean/);
    const labelled = dump(snapshotFromRows({ ...fullRows(false), labels: [0, 5, 0, 5] })).slice();
    expect(labelled[magic.length]).toBe(2);
    labelled[magic.length] = 1;
    expect(errorOf(labelled).message).toMatch(/its version is 1, and its head is of a later one/);
  });

  test.each<[string, Uint8Array, string, string]>([
    [
      'nothing',
      new Uint8Array(0),
      'truncated',
      'truncated snapshot: the file ends inside its magic (at byte 0)',
    ],
    ['text', Buffer.from('{"traces": []}'), 'bad-magic', 'not a tracemalloc snapshot (at byte 0)'],
    [
      'a pickle',
      Uint8Array.of(0x80, 4, 0x95),
      'bad-magic',
      'not a tracemalloc snapshot; it looks like a pickle: use loadPickle (at byte 0)',
    ],
    [
      'a byte too many',
      Uint8Array.of(...fileWith(), 0),
      'trailing-data',
      `1 bytes after the end of the snapshot (at byte ${fileWith().length})`,
    ],
    [
      'two files',
      Buffer.concat([bytes, bytes]),
      'trailing-data',
      `${bytes.length} bytes after the end of the snapshot (at byte ${bytes.length})`,
    ],
  ])('of %s', (_, input, code, message) => {
    const error = errorOf(input);
    expect([error.code, error.message]).toEqual([code, message]);
  });
});

describe('what a later writer may add is skipped', () => {
  test('a section of an unknown tag', () => {
    const file = Buffer.concat([
      prologue(1),
      section(99, Uint8Array.of(1, 2, 3)),
      fileWith().subarray(13),
    ]);
    expect(load(file).traces.length).toBe(1);
  });

  test('an unknown key', () => {
    const change = { later: 5, flag: null, other: 'text', blob: Uint8Array.of(1), float: 0.5 };
    expect(load(fileWith('sites', change)).traces.length).toBe(1);
  });
});

describe('contradictions are corrupt', () => {
  const tooMany = 2 ** 31;
  test.each<[keyof typeof sectionTag, Body]>([
    ...[tooMany, 2 ** 53, 1e18, -1, 1.5, Number.NaN, '1', undefined, null].flatMap((count) =>
      ['strings', 'frames', 'tracebacks', 'tracebackFrames', 'sites', 'traces'].map(
        (name): [keyof typeof sectionTag, Body] => ['head', { [name]: count }],
      ),
    ),
    ['head', { traces: 1e9 }],
    ['head', { tracebackLimit: 2 ** 53 }],
    ['head', { tracebackLimit: -1 }],
    ['head', { tracebackLimit: 1.5 }],
    ['head', { weighted: true }],
    ['head', { metadata: '[]' }],
    ['head', { metadata: '{' }],
    ['head', { metadata: '{"n": [1e999]}' }],
    ['head', { metadata: `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}` }],
    ['strings', { rows: 3 }],
    ['strings', { rows: tooMany }],
    ['strings', { length: column(0, 3) }],
    ['strings', { length: column(0, 5) }],
    ['strings', { length: column(4, 0) }],
    ['strings', { bytes: Uint8Array.of(0xed, 0xa0, 0xc0, 0x41) }],
    ['strings', { bytes: Uint8Array.of(0xff, 0x41, 0x41, 0x41) }],
    ['strings', { bytes: 'a.py' }],
    ['strings', { rows: 2, length: column(0, 0), bytes: new Uint8Array(0) }],
    ['frames', { file: column(2) }],
    ['frames', { file: doubles(-1) }],
    ['frames', { file: doubles(0.5) }],
    ['frames', { line: doubles(2 ** 31) }],
    ['frames', { line: new Uint8Array(0) }],
    ['frames', { line: column(7, 7) }],
    ['frames', { line: Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0, 7) }],
    ['frames', { line: Uint8Array.of(0x21, 0, 0, 0, 0, 0, 0, 0, 0, 7) }],
    ['tracebacks', { depth: column(0) }],
    ['tracebacks', { depth: column(2) }],
    ['tracebacks', { depth: undefined }],
    ['tracebacks', { totalNframe: doubles(2 ** 31) }],
    ['tracebackFrames', { frame: column(1) }],
    ['tracebackFrames', { rows: 0, frame: new Uint8Array(0) }],
    ['sites', { traceback: column(1) }],
    ['sites', { domain: doubles(2 ** 32) }],
    ['sites', { domain: doubles(-1) }],
    ['sites', { type: column(2) }],
    ['sites', { peakSize: doubles(-1) }],
    ['sites', { totalCount: doubles(Number.NaN) }],
    ['sites', { totalCount: doubles(Number.POSITIVE_INFINITY) }],
    ['traces', { site: column(1) }],
    ['traces', { size: doubles(2 ** 53) }],
    ['traces', { size: doubles(-1) }],
    ['traces', { size: doubles(1.5) }],
    ['traces', { rows: 65537 }],
  ])('%s with %j', (name, change) => {
    const { code, details } = errorOf(fileWith(name, change));
    expect(code).toBe('corrupt');
    expect(details['offset']).toBeGreaterThan(0);
  });

  test.each<[string, Uint8Array]>([
    ['an array for a map', pack([1, 2])],
    ['a map in the map', pack(new Map([['a', new Map()]]))],
    ['an array in the map', pack(new Map([['a', []]]))],
    ['an extension type', Uint8Array.of(0x81, 0xa1, 0x61, 0xd4, 0, 0)],
    ['a key that is a number', pack(new Map([[1, 2]]))],
    ['more entries than bytes', Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['a string longer than the file', Uint8Array.of(0x81, 0xdb, 0x7f, 0xff, 0xff, 0xff)],
    ['binary longer than the file', Uint8Array.of(0x81, 0xa0, 0xc6, 0xff, 0xff, 0xff, 0xff)],
    ['bytes after the map', Uint8Array.of(0x80, 0x80)],
    ['nothing', new Uint8Array(0)],
  ])('a body that is %s', (_, body) => {
    const input = new Uint8Array(Buffer.concat([prologue(1), section(sectionTag.head, body)]));
    expect(errorOf(input).code).toBe('corrupt');
  });

  test('sections out of order, twice or not at all', () => {
    const without = (...tags: (keyof typeof sectionTag)[]) =>
      good.filter(([tag]) => !tags.includes(tag));
    for (const parts of [without('head'), without('traces'), [good[0]!, ...good]]) {
      const sections = parts.map(([tag, body]) => section(sectionTag[tag], asMap(body)));
      expect(errorOf(new Uint8Array(Buffer.concat([prologue(1), ...sections]))).code).toBe(
        'corrupt',
      );
    }
  });
});

describe('names of the prototype chain', () => {
  test('__proto__ and constructor are keys like any other', () => {
    const map = new Map<string, unknown>([
      ['__proto__', 5],
      ['constructor', 'x'],
      ...Object.entries(head),
      ['metadata', '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'],
    ]);
    const sections = good.map(([tag, body]) =>
      section(sectionTag[tag], tag === 'head' ? pack(map) : asMap(body)),
    );
    const { metadata } = load(new Uint8Array(Buffer.concat([prologue(1), ...sections])));
    expect(Object.keys(metadata)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
    expect(({} as Body)['polluted']).toBeUndefined();
  });
});

describe('bombs', () => {
  test('rows of a table cost a byte each at least', () => {
    const rows = 20;
    const parts = good.map(([tag, body]): [keyof typeof sectionTag, Body] => {
      if (tag === 'head') return [tag, { ...body, traces: rows }];
      // Width 0: a base, and no bytes for the rows.
      return [tag, tag === 'traces' ? { rows, site: Uint8Array.of(...column().fill(0)) } : body];
    });
    const sections = parts.map(([tag, body]) => section(sectionTag[tag], asMap(body)));
    const error = errorOf(new Uint8Array(Buffer.concat([prologue(1), ...sections])));
    expect(error.message).toMatch(/^corrupt snapshot: column site is short/);
  });

  /** One section of monotonous rows again and again: small in gzip, huge as columns. */
  function bomb(sections: number): Uint8Array {
    const rows = 65536;
    const block = Buffer.concat([column(), Buffer.alloc(1024)]);
    const key = Buffer.concat(Array.from({ length: rows / 1024 }, () => block));
    const body = asMap({ rows, traceback: key });
    const parts = [
      prologue(1),
      ...good
        .slice(0, 5)
        .map(([tag, part]) =>
          section(
            sectionTag[tag],
            asMap({ ...part, ...(tag === 'head' ? { sites: rows * sections } : {}) }),
          ),
        ),
    ];
    const same = section(sectionTag.sites, body);
    for (let count = 0; count < sections; count++) parts.push(same);
    return new Uint8Array(gzipSync(Buffer.concat(parts)));
  }

  test('columns beyond the limit are refused before they are allocated', () => {
    const input = bomb(200);
    expect(input.length).toBeLessThan(100_000);
    const before = process.cpuUsage();
    expect(errorOf(input).code).toBe('too-large');
    expect(process.cpuUsage(before).user).toBeLessThan(1e6);
  });

  test('inflated data beyond the limit are refused', () => {
    const noise = section(99, Buffer.alloc(65536));
    const input = Buffer.concat([prologue(1), ...Array.from({ length: 400 }, () => noise)]);
    const error = errorOf(new Uint8Array(gzipSync(input)));
    expect(error.code).toBe('too-large');
    expect(error.message).toMatch(/^it inflates to more than maxBytes = \d+; raise maxBytes/);
  });

  test('the limit can be set', async () => {
    const snapshot = Snapshot.fromTraces([[0, 1, [['a.py', 1]]]], 1);
    const file = dump(snapshot);
    expect(load(file, { maxBytes: 1000 }).traces.length).toBe(1);
    expect(() => load(file, { maxBytes: 100 })).toThrow(TracemallocError);
    expect(() => load(file, { maxBytes: -1 })).toThrow(
      new RangeError('maxBytes must be a number ≥ 0, got -1'),
    );
    await expect(loadChunks([file], { maxBytes: 100 })).rejects.toThrow(TracemallocError);
  });

  test('a kilobyte that claims a billion traces allocates none of them', () => {
    const input = fileWith('head', {
      traces: 1e9,
      metadata: JSON.stringify({ a: 'x'.repeat(500) }),
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(errorOf(input).code).toBe('corrupt');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });
});

test('what is no Uint8Array is a TypeError', async () => {
  const wrong = 'x' as unknown as Uint8Array;
  const words = 'takes a Uint8Array or an ArrayBuffer, got "x"';
  expect(() => load(wrong)).toThrow(new TypeError(`load ${words}`));
  await expect(loadChunks([wrong])).rejects.toThrow(new TypeError(`loadChunks ${words}`));
});
