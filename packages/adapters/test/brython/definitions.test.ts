import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Guest, startGuest } from './start.ts';

const { setup, definitions } = JSON.parse(
  readFileSync(new URL('definitions.json', import.meta.url), 'utf8'),
) as {
  setup: string;
  definitions: Record<string, { source: string; traced: number }>;
};

/** Bytes that are left of what the lines of a definition allocate. */
function measure(guest: Guest, source: string, i: number): number {
  guest.run(setup, `setup${i}`);
  guest.tracer.start(5);
  const imports = `from setup${i} import *; from collections.abc import Iterable`;
  guest.run(`${imports}\n${source}\n`, `definition${i}`);
  const traces = [...guest.tracer.takeSnapshot().traces].filter((trace) => {
    const { filename, lineno } = trace.traceback.frames.at(-1)!;
    return filename === `definition${i}.py` && lineno > 1;
  });
  guest.tracer.stop();
  return traces.reduce((total, trace) => total + trace.size, 0);
}

test('definitions cost what they cost in CPython 3.13', async () => {
  const guest = await startGuest();
  const found = Object.entries(definitions).map(
    ([name, { source }], i) => `${name}: ${measure(guest, source, i)}`,
  );
  const expected = Object.entries(definitions).map(([name, { traced }]) => `${name}: ${traced}`);
  expect(found).toEqual(expected);
});

test('a module’s names cost a new table on the line of the name that has no room', async () => {
  const guest = await startGuest();
  const names = Array.from({ length: 90 }, (_, i) => `name${i} = None\n`).join('');
  guest.tracer.start(5);
  guest.run(names.replace('name40 = None', 'for name40 in (1, 2): name39 = None'));
  const found = [...guest.tracer.takeSnapshot().traces].map((trace) => {
    const { filename, lineno } = trace.traceback.frames.at(-1)!;
    return `${filename}:${lineno} ${trace.size}`;
  });
  expect(found).toEqual(['main.py:77 3264']);
});

test('what a definition costs is free when its object is', async () => {
  const guest = await startGuest();
  guest.tracer.start(5);
  guest.run(
    'for i in range(100):\n def f(a: list[int], *, b: int | None = None): pass\n class C:\n  x = 1\nf = C = None\n',
  );
  // The table of the module's three names is left.
  expect(guest.tracer.getTracedMemory().current).toBe(400);
});
