import { describe, expect, test } from 'vitest';
import { check, type Findings } from './check.ts';
import type { ConformanceHost } from './host.ts';
import { brythonHost } from './hosts/brython.ts';
import { jsInterpreterHost } from './hosts/js-interpreter.ts';
import { lispHost } from './hosts/lisp.ts';
import { skulptHost } from './hosts/skulpt.ts';
import { wasmoonHost } from './hosts/wasmoon.ts';
import { conformancePage } from './page.ts';

/** Every adapter that there is. A new one is added here, and nowhere else. */
const hosts: readonly ConformanceHost[] = [
  lispHost(),
  jsInterpreterHost,
  brythonHost,
  skulptHost,
  wasmoonHost,
];

const found = new Map<string, Promise<Findings>>();
function findingsOf(host: ConformanceHost): Promise<Findings> {
  const known = found.get(host.name) ?? check(host);
  found.set(host.name, known);
  return known;
}

describe.each(hosts)('$name', (host) => {
  test('sees what it claims to see', async () => {
    const { findings } = await findingsOf(host);
    const disproved = findings.filter(({ verdict, expected }) => verdict !== expected);
    expect(disproved).toEqual([]);
  });
});

test('docs/conformance.md shows what the suite found', async () => {
  const all = await Promise.all(
    hosts.map(async (host) => ({ name: host.name, ...(await findingsOf(host)) })),
  );
  await expect(conformancePage(all)).toMatchFileSnapshot('../../docs/conformance.md');
});
