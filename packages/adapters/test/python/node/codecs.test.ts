import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codecOf, markOf } from '../../../src/python/node/codecs.ts';
import { decode, encode, TextError } from '../../../src/python/node/text-errors.ts';

/** Made by record_codecs.py with CPython 3.13: code points or hex on either side, or its error. */
type Case = readonly [
  way: 'encode' | 'decode',
  encoding: string,
  errors: string,
  input: string | readonly number[],
  result: string | readonly (string | number)[],
];

const cases = JSON.parse(
  readFileSync(new URL('codecs.json', import.meta.url), 'utf8'),
) as readonly Case[];

test('texts and bytes are encoded and decoded as CPython does, errors and their places too', () => {
  const wrong = cases.flatMap(([way, encoding, errors, input, result]) => {
    const got =
      way === 'encode'
        ? encoded(encoding, errors, input as readonly number[])
        : decoded(encoding, errors, input as string);
    return JSON.stringify(got) === JSON.stringify(result)
      ? []
      : [{ case: [way, encoding, errors, input], got, result }];
  });
  expect(wrong).toEqual([]);
});

test('an encoding that only the guest may know is none here', () => {
  expect(['klingon', 'johab', 'utf-7', ''].map(codecOf)).toEqual([null, null, null, null]);
});

function encoded(encoding: string, errors: string, codes: readonly number[]): unknown {
  const text = codes.map((code) => String.fromCodePoint(code)).join('');
  return caught(() => {
    const bytes = encode(codecOf(encoding)!, text, errors);
    return Buffer.concat([markOf(encoding) ?? new Uint8Array(0), bytes]).toString('hex');
  });
}

function decoded(encoding: string, errors: string, hex: string): unknown {
  return caught(() => {
    const bytes = Buffer.from(hex, 'hex');
    const mark = markOf(encoding);
    const start = mark?.every((byte, i) => bytes[i] === byte) === true ? mark.length : 0;
    const { text } = decode(codecOf(encoding)!, bytes.subarray(start), errors, true);
    return [...text].map((char) => char.codePointAt(0)!);
  });
}

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    return [error.message, error.start, error.end];
  }
}
