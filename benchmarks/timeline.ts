// What a time line of 10^7 events costs to read: a file is written, read back, and asked for ranges of every length.
//   npm run bench:timeline [-- EVENTS]
// Programs: sites by Zipf's law that change with the program's phases, four of five blocks die young; the wide one
// has 50 000 sites; in the last one, nothing dies, and nearly all of 10^6 sites are met. CPU time, medians.

import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { between, rangeOf, recordTimeline } from '@tracemalloc/core/timeline';

const events = Number(process.argv[2] ?? 1e7);
const programs = {
  usual: { sites: 2000, live: 200_000, young: 0.8 },
  wide: { sites: 50_000, live: 2_000_000, young: 0.8 },
  all: { sites: 1_000_000, live: 10_000_000, young: 0 },
} as const;

/** A stream of numbers in 0 … 1 that is the same in every run. */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Shape = { readonly sites: number; readonly live: number; readonly young: number };

function record({ sites, live, young: part }: Shape): Snapshot {
  const random = randomNumbers();
  const tracer = new Tracer();
  tracer.start(5);
  const domain = tracer.domain({ name: 'guest', ids: 'serial' });
  const type = tracer.type('list');
  const tracebacks = Array.from({ length: sites }, (_, site) => {
    for (let depth = 0; depth < 5; depth++) {
      const line = Math.floor(site / 4 ** depth) + 1;
      tracer.stack[depth] = tracer.frame(tracer.string(`file${depth}.py`), line);
    }
    return tracer.capture(5);
  });
  recordTimeline(tracer, { clock: () => performance.now() });
  const kept: number[] = [];
  const young: number[] = [];
  let id = 0;
  for (let event = 0; event < events; event++) {
    const phase = Math.floor((8 * event) / events) * 37;
    const site = (Math.floor(sites ** random()) - 1 + phase) % sites;
    tracer.alloc(domain, id, 16 + Math.floor(500 * random() ** 4), tracebacks[site]!, type);
    (random() < part ? young : kept).push(id++);
    if (young.length <= 64 && kept.length <= live) continue;
    event++;
    if (young.length > 64) tracer.free(domain, young.splice(Math.floor(64 * random()), 1)[0]!);
    else {
      const at = Math.floor(kept.length * random());
      tracer.free(domain, kept[at]!);
      kept[at] = kept.at(-1)!;
      kept.pop();
    }
  }
  return tracer.takeSnapshot();
}

/** Milliseconds of CPU time. */
function timed<T>(work: () => T): [T, number] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1000];
}

for (const [name, shape] of Object.entries(programs)) {
  const [recorded, recording] = timed(() => record(shape));
  const bytes = dump(recorded);
  const [snapshot, opening] = timed(() => load(bytes));
  const { points, changes, deaths } = snapshot.timeline!;
  process.stdout.write(
    `${name}: ${events.toExponential(0)} events in ${(recording / 1000).toFixed(1)} s, ${points.length} points, ` +
      `${changes.length} changes, ${deaths?.length} deaths, ${snapshot.data.sites.length} sites, ` +
      `${snapshot.traces.length} blocks\n  ${(bytes.length / 1e6).toFixed(1)} MB open in ${opening.toFixed(0)} ms\n`,
  );
  for (const [words, ask] of Object.entries({
    'four answers': rangeOf,
    'as a snapshot': between,
  })) {
    const costs = [0, 0.25, 0.5, 0.9].flatMap((start) =>
      [0.001, 0.1, 0.5, 1].map((length) => {
        const from = Math.floor(start * points.length);
        const to = Math.min(points.length, from + Math.ceil(length * points.length));
        return timed(() => ask(snapshot, from, to))[1];
      }),
    );
    const [first] = costs;
    costs.sort((a, b) => a - b);
    process.stdout.write(
      `  ${words}: ${first!.toFixed(1)} ms at first, then ${costs[8]!.toFixed(1)}, at most ${costs.at(-1)!.toFixed(1)} ms\n`,
    );
  }
}
