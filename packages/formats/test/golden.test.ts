import type { Snapshot } from '@tracemalloc/core';
import { dumpCollapsed } from '@tracemalloc/formats/collapsed';
import { dumpCsv } from '@tracemalloc/formats/csv';
import { dumpFirefox } from '@tracemalloc/formats/firefox';
import { dumpHeapprofile } from '@tracemalloc/formats/heapprofile';
import { dumpJson } from '@tracemalloc/formats/json';
import { dumpSpeedscope } from '@tracemalloc/formats/speedscope';
import { expect, test } from 'vitest';
import { smallSnapshot } from './small-snapshot.ts';

// A changed golden file is a change that readers of our files see.
const dumps: Record<string, (snapshot: Snapshot) => Uint8Array> = {
  'small.folded': dumpCollapsed,
  'small.csv': dumpCsv,
  'small.firefox.json': dumpFirefox,
  'small.heapprofile': dumpHeapprofile,
  'small.json': dumpJson,
  'small.speedscope.json': dumpSpeedscope,
};

test.each(Object.keys(dumps))('%s is what its golden file holds', async (name) => {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(dumps[name]!(smallSnapshot()));
  await expect(text).toMatchFileSnapshot(`golden/${name}`);
});
