import { readdirSync } from 'node:fs';
import { type ConformanceHost, testConformance } from '@tracemalloc/adapters/conformance';
import { expect, test } from 'vitest';
import { conformancePage } from './page.ts';

/** Every adapter that there is: a file in hosts/ each. */
const hosts: ConformanceHost[] = [];
for (const file of readdirSync(new URL('hosts/', import.meta.url)).sort()) {
  const name = file.replace(/\.ts$/, '');
  hosts.push(((await import(`./hosts/${name}.ts`)) as { host: ConformanceHost }).host);
}

// The last one first: what the others leave behind is little beside a Brython, and makes each
// collection of theirs as much faster.
const suites = [...hosts]
  .reverse()
  .map((host) => ({ name: host.name, suite: testConformance(host) }))
  .reverse();

test('docs/conformance.md shows what the suite found', async () => {
  const all = [];
  for (const { name, suite } of suites) all.push({ name, ...(await suite.findings()) });
  await expect(conformancePage(all)).toMatchFileSnapshot('../../docs/conformance.md');
});
