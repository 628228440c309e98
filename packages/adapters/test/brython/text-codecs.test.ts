import { readFileSync } from 'node:fs';
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { expect, test } from 'vitest';

const beside = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

test('texts and bytes of a program are encoded and decoded as in CPython, errors with their parts', async () => {
  let out = '';
  const runtime = await createBrython({
    stdout: (text) => {
      out += text;
    },
  });
  runtime.run({ source: beside('text-codecs.py'), filename: 'text-codecs.py' });
  // python3.13 text-codecs.py > text-codecs.txt
  expect(out).toBe(beside('text-codecs.txt'));
});
