import { dumpOtlp } from '@tracemalloc/formats/otlp';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRows, snapshotFromRows } from '../../../core/test/codec/fixtures.ts';
import { runs } from '../../../core/test/runs.ts';
import { smallSnapshot } from '../small-snapshot.ts';
import { type Decoded, decodeOtlp, stacksOf } from './decode-otlp.ts';

const json = (bytes: Uint8Array): Decoded => JSON.parse(new TextDecoder().decode(bytes));

/** A message without what proto3 leaves out: fields at their default. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? value.replaceAll(/\p{Surrogate}/gu, '\ufffd') : value;
  }
  const fields = Object.entries(value)
    .filter(([name, field]) => /Value$/.test(name) || !['', '0', 0].includes(field))
    .filter(([, field]) => !Array.isArray(field) || field.length > 0)
    // 64 bits may be numbers in JSON, and are texts when they are read from bytes.
    .map(([name, field]) => [
      name,
      name === 'line' || name === 'intValue' ? `${field}` : withoutDefaults(field),
    ]);
  return Object.fromEntries(fields);
}

test('protobuf and JSON say the same of any snapshot, in the fields of the proto', () => {
  fc.assert(
    fc.property(anyRows(false).map(snapshotFromRows), (snapshot) => {
      const decoded = decodeOtlp(dumpOtlp(snapshot));
      expect(decoded).toEqual(withoutDefaults(json(dumpOtlp(snapshot, { encoding: 'json' }))));
    }),
    { numRuns: runs(20) },
  );
});

test('each metric is a profile of bytes and one of blocks, and sites are samples with attributes', () => {
  const snapshot = smallSnapshot().withMetadata({
    release: '1.1',
    session: 's1',
    time: '2026-01-05T00:00:00.000Z',
  });
  const data = decodeOtlp(dumpOtlp(snapshot, { service: 'editor' }));
  const { stringTable, attributeTable } = data['dictionary'];
  const [{ resource, scopeProfiles }] = data['resourceProfiles'];
  expect(
    resource.attributes.map(({ key, value }: Decoded) => `${key}=${value['stringValue']}`),
  ).toEqual([
    'service.name=editor',
    'service.version=1.1',
    'process.runtime.description=brython 3.14.3',
    'session.id=s1',
  ]);
  const { profiles } = scopeProfiles[0];
  expect(
    profiles.map(({ sampleType: { typeStrindex, unitStrindex }, timeUnixNano }: Decoded) => [
      `${stringTable[typeStrindex]} ${stringTable[unitStrindex]}`,
      timeUnixNano,
    ]),
  ).toEqual(
    ['inuse', 'alloc', 'peak', 'temporary'].flatMap((word) => [
      [`${word}_space bytes`, '1767571200000000000'],
      [`${word}_objects count`, '1767571200000000000'],
    ]),
  );
  expect(stacksOf(data)).toEqual([
    [['<module>', 'load'], 100],
    [['<module>', 'load', 'parse'], 1000],
    [['<string>:0'], 28],
  ]);
  expect(stacksOf(data, 3).map(([, count]) => count)).toEqual([1, 2, 1, 1, 1]);
  const attributes = profiles[0].samples.map(({ attributeIndices }: Decoded) =>
    attributeIndices.map((row: number) => {
      const { keyStrindex, value } = attributeTable[row];
      return `${stringTable[keyStrindex]}=${Object.values(value)[0]}`;
    }),
  );
  expect(attributes).toEqual([
    ['tracemalloc.domain=0', 'tracemalloc.type=list'],
    ['tracemalloc.domain=0', 'tracemalloc.type=str'],
    ['tracemalloc.domain=0'],
  ]);
});

test('row 0 of every table is none', () => {
  const { dictionary } = decodeOtlp(dumpOtlp(smallSnapshot()));
  const firsts = Object.entries(dictionary).map(([name, rows]) => [name, (rows as unknown[])[0]]);
  expect(Object.fromEntries(firsts)).toEqual({
    mappingTable: {},
    locationTable: {},
    functionTable: {},
    linkTable: {},
    stringTable: '',
    attributeTable: {},
    stackTable: {},
  });
});

test('another encoding is refused', () => {
  expect(() => dumpOtlp(smallSnapshot(), { encoding: 'xml' as 'json' })).toThrow(
    new RangeError('encoding must be protobuf or json, got "xml"'),
  );
});
