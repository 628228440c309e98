import { describe, expect, test } from 'vitest';
import { checkProperty, type Findings } from './check.ts';
import type { ConformanceHost } from './host.ts';
import { type Property, properties } from './properties.ts';

/**
 * Declares vitest's tests that an adapter sees what its caps claim: one a property, each in an
 * interpreter of its own.
 *
 * @returns what was found, for a table of several adapters. It runs what no test ran yet.
 * @example `testConformance(lispHost);`
 */
export function testConformance(host: ConformanceHost): { findings(): Promise<Findings> } {
  const known = new Map<Property, ReturnType<typeof checkProperty>>();
  const check = (property: Property): ReturnType<typeof checkProperty> => {
    const found = known.get(property) ?? checkProperty(host, property);
    known.set(property, found);
    return found;
  };
  describe(`${host.name} does what it claims`, () => {
    test.each(properties.map((property) => ({ name: property.name, property })))(
      '$name',
      async ({ property }) => {
        const { finding } = await check(property);
        expect(finding).toEqual({ ...finding, verdict: finding.expected });
      },
    );
  });
  return {
    async findings() {
      const all: Awaited<ReturnType<typeof checkProperty>>[] = [];
      for (const property of properties) all.push(await check(property));
      return { caps: all[0]!.caps, findings: all.map(({ finding }) => finding) };
    },
  };
}
