import { readFileSync } from 'node:fs';
import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { takeGraphSnapshot } from '@tracemalloc/core/graph';
import { holdersReport, retainedReport } from '@tracemalloc/report/objects';
import { expect, test } from 'vitest';
import { startGuest } from '../../packages/adapters/test/brython/start.ts';

/** Twenty kinds of leaks, each of a class of its own: `class InCache` and so on. */
const program = readFileSync(new URL('leaks.py', import.meta.url), 'utf8');
const leaks = [...program.matchAll(/^class (In\w+)/gm)].map(([, name]) => name!);

async function inBrython(): Promise<Snapshot> {
  const { adapter, run, tracer } = await startGuest();
  tracer.start(25);
  run(program);
  adapter.settle();
  const snapshot = takeGraphSnapshot(tracer, adapter.heap);
  adapter.detach();
  return snapshot;
}

async function inSkulpt(): Promise<Snapshot> {
  const Sk = createSkulpt(readSkulptBuild());
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  tracer.start(25);
  const folder = '.';
  const silent = { stdout: () => undefined, stderr: () => undefined };
  const argv = ['main.py'];
  await runSkulptProgram(Sk, { source: program, filename: 'main.py', folder, argv, ...silent });
  const snapshot = takeGraphSnapshot(tracer, adapter.heap);
  adapter.detach();
  return snapshot;
}

/** Who keeps each, and the line of the program that says so last. */
function kept(snapshot: Snapshot): string {
  const lines = leaks.map((name) => {
    const { count, ways } = holdersReport(snapshot, { objects: name });
    const { path, steps } = ways[0]!;
    const births = steps.map(({ born }) => born?.lineno ?? '?').join(' ');
    return `${name} ${count}: ${path} (born at ${births})`;
  });
  return `${lines.join('\n')}\n`;
}

const hosts = [
  ['Brython', inBrython],
  ['Skulpt', inSkulpt],
] as const;

test.each(hosts)('one command names who keeps each of twenty leaks in %s', async (host, run) => {
  const snapshot = await run();
  await expect(kept(snapshot)).toMatchFileSnapshot(`leaks.${host.toLowerCase()}.txt`);
  const { explained, size } = retainedReport(snapshot);
  const { liveSize } = snapshot.data.sites;
  if (explained !== null) expect(explained.own.reached).toBe(explained.own.recorded);
  expect(size / liveSize.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(0.95);
});
