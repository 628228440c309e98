import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dumpJson } from '@tracemalloc/formats/json';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRows, snapshotFromRows } from '../../packages/core/test/codec/fixtures.ts';
import { runs } from '../../packages/core/test/runs.ts';
import { smallSnapshot } from '../../packages/formats/test/small-snapshot.ts';

const file = createRequire(import.meta.url).resolve('@tracemalloc/formats/json/schema.json');
const validate = new Ajv({ strict: true }).compile(JSON.parse(readFileSync(file, 'utf8')));

const read = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

test('the JSON of any snapshot keeps to the schema that the package exports', () => {
  fc.assert(
    fc.property(anyRows(false).map(snapshotFromRows), (snapshot) => {
      validate(read(dumpJson(snapshot)));
      expect(validate.errors).toBeNull();
    }),
    { numRuns: runs(25) },
  );
});

test.each([
  ['a row that is no number', { sites: { traceback: ['0'] } }],
  ['another version', { version: 2 }],
  ['no strings', { strings: [] }],
])('the schema refuses %s', (_, change) => {
  const data = read(dumpJson(smallSnapshot()));
  expect(validate(data)).toBe(true);
  expect(validate({ ...data, ...change })).toBe(false);
});

test('the example of the documentation keeps to the schema', () => {
  const page = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
  const [, example] = /^```json\n(.*?)^```$/ms.exec(page)!;
  validate(JSON.parse(example!));
  expect(validate.errors).toBeNull();
});
