import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { type Guest, startGuest } from './start.ts';

type Peak = { readonly source: string; readonly peak: number };

const file = new URL('../../../../test/python/peaks.json', import.meta.url);
const peaks = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Peak>);

let guest: Guest;

beforeAll(async () => {
  guest = await startGuest();
});

/** Runs the function twice, and gives the peak of the second run. */
function peakOf(name: string, source: string): number {
  const { tracer } = guest;
  guest.run(`${source}\n${name}()\n`, 'peaks');
  tracer.start(25);
  guest.run(`import peaks\npeaks.${name}()\n`);
  const { peak } = tracer.getTracedMemory();
  tracer.stop();
  return peak;
}

/** Others than those that make much garbage: a set's ints count twice while it grows, in part. */
const isBounded = (name: string): boolean => name.startsWith('many_') || name === 'set_of_ints';

test.each(peaks.filter(([name]) => !isBounded(name)))(
  "the peak of %s is CPython's within a tenth",
  (name, { source, peak }) => {
    const ratio = peakOf(name, source) / peak;
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  },
);

test.each(peaks.filter(([name]) => isBounded(name)))(
  'the peak of %s has some garbage in it, and is never too low',
  (name, { source, peak }) => {
    const found = peakOf(name, source);
    expect(found).toBeGreaterThan(0.85 * peak);
    expect(found).toBeLessThan(peak + 4 * 2 ** 20);
  },
);
