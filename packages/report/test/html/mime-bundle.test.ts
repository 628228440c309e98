import { Snapshot } from '@tracemalloc/core';
import { mimeBundle } from '@tracemalloc/report/html';
import { expect, test } from 'vitest';

test('a MIME bundle is two strings: the page in a frame that has no origin, and lines', () => {
  const title = '"><script>alert(1)</script>&amp;';
  const traces: [number, number, [string, number][]][] = [
    [0, 2048, [['app.py', 3]]],
    [0, 512, [['app.py', 3]]],
    [0, 10, [['<b>.py', 1]]],
  ];
  const bundle = mimeBundle(Snapshot.fromTraces(traces, 1), { title });
  expect(Object.keys(bundle)).toEqual(['text/html', 'text/plain']);
  expect(bundle['text/plain']).toBe('app.py:3: 2560 B in 2 blocks\n<b>.py:1: 10 B in 1 block');
  const html = bundle['text/html'];
  // One element, whose attributes alone hold the page.
  expect(html).toMatch(
    /^<iframe title="Memory report" sandbox="allow-scripts" style="[^"]*" srcdoc="<!doctype html>[^"]*"><\/iframe>$/i,
  );
  expect(mimeBundle(Snapshot.fromTraces([], 1))['text/plain']).toBe('');
  expect(() => mimeBundle(1 as unknown as Snapshot)).toThrow('snapshot must be a Snapshot');
});
