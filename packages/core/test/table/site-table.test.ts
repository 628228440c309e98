import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CounterName, counterNames } from '../../src/table/site-counters.ts';
import { SiteTable } from '../../src/table/site-table.ts';
import { runs } from '../runs.ts';

type Place = readonly [traceback: number, domain: number, type: number, label: number];
type Counters = Record<CounterName, number>;

const none = (): Counters => {
  return Object.fromEntries(counterNames.map((name) => [name, 0])) as Counters;
};

/** A table beside the counters of its sites, by what they are of. */
class Pair {
  readonly table = new SiteTable();
  readonly sites = new Map<string, { place: Place; site: number; counters: Counters }>();

  at(place: Place) {
    const found = this.sites.get(place.join());
    const row = this.table.find(...place);
    if (row !== (found?.site ?? 0)) throw new Error(`${place} is found at ${row}`);
    if (found !== undefined) return found;
    const site = this.table.add(...place);
    for (const [other, one] of this.sites) {
      if (one.site === site) throw new Error(`${place} and ${other} are both ${site}`);
    }
    const added = { place, site, counters: none() };
    this.sites.set(place.join(), added);
    return added;
  }

  alloc(place: Place, size: number): void {
    const { site, counters } = this.at(place);
    this.table.countAlloc(site, size);
    for (const name of ['live', 'total'] as const) {
      counters[`${name}Size`] += size;
      counters[`${name}Count`] += 1;
    }
  }

  free(place: Place, size: number, temporary: boolean): void {
    const { site, counters } = this.at(place);
    if (counters.liveCount === 0) return;
    this.table.countFree(site, size, temporary);
    counters.liveSize -= size;
    counters.liveCount -= 1;
    if (!temporary) return;
    counters.temporarySize += size;
    counters.temporaryCount += 1;
  }

  resize(place: Place, from: number, to: number): void {
    const { site, counters } = this.at(place);
    this.table.countResize(site, from, to);
    counters.liveSize += to - from;
    counters.totalSize += Math.max(0, to - from);
  }

  move(from: Place, to: Place, size: number): void {
    const [old, now] = [this.at(from), this.at(to)];
    this.table.countMove(old.site, now.site, size);
    for (const [{ counters }, sign] of [
      [old, -1],
      [now, 1],
    ] as const) {
      // biome-ignore format: short
      counters.liveSize += sign * size;
      counters.liveCount += sign;
    }
  }

  /** A maximum of traced memory: what is live now is live at the peak. */
  peak(): void {
    this.table.epoch++;
    for (const { counters } of this.sites.values()) {
      counters.peakSize = counters.liveSize;
      counters.peakCount = counters.liveCount;
    }
  }

  /** Folds a site into another one, if it is dead. */
  fold(dead: Place, into: Place): void {
    const [old, target] = [this.at(dead), this.at(into)];
    const isDead = old.counters.liveCount === 0 && old.counters.peakCount === 0;
    if (this.table.isDead(old.site) !== isDead) throw new Error(`${dead} is dead: ${!isDead}`);
    if (!isDead || old === target) return;
    this.table.fold(old.site, target.site);
    for (const name of counterNames.slice(4)) target.counters[name] += old.counters[name];
    this.sites.delete(dead.join());
  }

  clear(domain: number): void {
    const live = this.table.liveSizeOf(domain);
    expect(this.table.clearLive(domain)).toBe(live);
    let sum = 0;
    for (const { place, counters } of this.sites.values()) {
      if (place[1] !== domain) continue;
      sum += counters.liveSize;
      Object.assign(counters, { liveSize: 0, liveCount: 0 });
    }
    expect(live).toBe(sum);
  }

  check(): void {
    const { table } = this;
    const all = [...this.sites.values()];
    const rows = Int32Array.from(all, ({ site }) => site);
    const columns = counterNames.map((name) => [name, [...table.copyCounter(name, rows)]]);
    expect(Object.fromEntries(columns)).toEqual(
      Object.fromEntries(counterNames.map((name) => [name, all.map((one) => one.counters[name])])),
    );
    const read = all.map(({ site, place: [traceback, domain, type, label] }) => ({
      site: table.find(traceback, domain, type, label),
      other: table.find(traceback, domain, type, label + 9),
      place: [
        table.tracebackOf(site),
        table.domainOf(site),
        table.typeOf(site),
        table.labelOf(site),
      ],
      live: [table.sizeOf(site), table.liveCountOf(site)],
      total: [table.totalSizeOf(site), table.totalCountOf(site)],
    }));
    expect(read).toEqual(
      all.map(({ site, place, counters }) => ({
        site,
        other: 0,
        place,
        live: [counters.liveSize, counters.liveCount],
        total: [counters.totalSize, counters.totalCount],
      })),
    );
    for (const {
      place: [traceback, domain, type],
    } of all) {
      // biome-ignore format: short
      const first = table.lookUp(traceback, domain, type);
      const site = this.sites.get([traceback, domain, type, 0].join())?.site;
      if (first !== 0 && first !== site) throw new Error(`${first} is looked up, not ${site}`);
    }
    const tracebacks = new Set(all.map(({ place: [traceback] }) => traceback));
    expect(table.tracebackCount).toBe(tracebacks.size);
    const has = [0, 1, 2, 3, 99_999].map((row) => table.hasSites(row));
    expect(has).toEqual([0, 1, 2, 3, 99_999].map((row) => tracebacks.has(row)));
  }
}

// More types than a list of sites has room for, and few of all else.
const place = fc.tuple(fc.nat(1), fc.nat(1), fc.nat(11), fc.constantFrom(0, 0, 1));
const size = fc.nat(20);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('alloc' as const), place, size) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('free' as const), place, size, fc.boolean()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('resize' as const), place, size, size) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('move' as const), place, place, size) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('fold' as const), place, place) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('peak' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('clear' as const), fc.nat(1)) },
);

test('sites have the counters that adding up gives, and are found whatever came and went', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
      const pair = new Pair();
      for (const [name, ...args] of steps) {
        (pair[name] as (...args: unknown[]) => void).apply(pair, args);
      }
      pair.check();
    }),
    { numRuns: runs(120) },
  );
});

test('the site without a label that came last is found first, and the one before it without it', () => {
  const table = new SiteTable();
  const [one, two, three] = [1, 2, 3].map((type) => table.add(5, 0, type, 0));
  table.add(5, 0, 4, 1);
  const found = () => [1, 2, 3, 4].map((type) => table.lookUp(5, 0, type));
  expect(found()).toEqual([0, 0, three, 0]);
  table.fold(two!, one!);
  expect(found()).toEqual([0, 0, three, 0]);
  table.fold(three!, one!);
  expect(found()).toEqual([one, 0, 0, 0]);
  expect([table.lookUp(5, 1, 1), table.lookUp(6, 0, 1)]).toEqual([0, 0]);
  expect([table.find(5, 0, 2, 0), table.find(5, 0, 3, 0)]).toEqual([0, 0]);
  expect(table.add(6, 0, 7, 0)).toBe(three);
  expect(table.add(6, 0, 8, 0)).toBe(two);
  expect([table.add(6, 0, 9, 0), table.length]).toEqual([5, 6]);
});

test('what is no traceback has no site', () => {
  const table = new SiteTable();
  table.add(1, 0, 0, 0);
  for (const bad of ['1', 1n, 1.5, -1, 2 ** 32 + 1, 70_000, Number.NaN, null] as number[]) {
    expect([table.lookUp(bad, 0, 0), table.find(bad, 0, 0, 0)]).toEqual([0, 0]);
  }
});

test('sums above 2^53 − 1 are cut where they are copied, and counted', () => {
  const table = new SiteTable();
  const sites = [1, 2, 3].map((traceback) => table.add(traceback, 0, 0, 0));
  for (const site of [sites[0]!, sites[0]!, sites[1]!]) {
    table.countAllocated(site, Number.MAX_SAFE_INTEGER);
  }
  expect(table.cutSums).toBe(1);
  const copied = table.copyCounter('totalSize', Int32Array.from(sites));
  expect([...copied]).toEqual([2 ** 53 - 1, 2 ** 53 - 1, 0]);
  expect([...table.copyCounter('totalCount', Int32Array.from(sites))]).toEqual([2, 1, 0]);
  expect([...table.copyCounter('liveCount', Int32Array.from(sites))]).toEqual([0, 0, 0]);
});

test('many sites, of many tracebacks and many labels, keep their rows and counters', () => {
  const table = new SiteTable();
  const empty = table.byteLength;
  const count = 10_000;
  const placeOf = (i: number): Place => [i * 7, i % 3, i % 5, i % 4 === 0 ? i : 0];
  for (let i = 1; i <= count; i++) {
    if (table.add(...placeOf(i)) !== i) throw new Error(`site ${i} has another row`);
    table.countAlloc(i, i);
  }
  for (let i = 1; i <= count; i++) {
    if (table.find(...placeOf(i)) !== i) throw new Error(`site ${i} is not found`);
    if (table.sizeOf(i) !== i) throw new Error(`site ${i} has ${table.sizeOf(i)} bytes`);
  }
  expect([table.length, table.tracebackCount]).toEqual([count + 1, count]);
  const least = 96 * count + 16 * 7 * count;
  expect(table.byteLength).toBeGreaterThan(least);
  expect(table.byteLength).toBeLessThan(2 * least);
  table.reset();
  expect([table.length, table.tracebackCount, table.byteLength]).toEqual([1, 0, empty]);
  expect([table.epoch, table.find(...placeOf(1)), table.find(...placeOf(4))]).toEqual([1, 0, 0]);
});
