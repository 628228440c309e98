import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachMicroPython, traceableMicroPython } from '@tracemalloc/adapters/micropython';
import { TracemallocError, Tracer } from '@tracemalloc/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HookPoints, signatures } from '../../src/micropython/code/hook-points.ts';
import { Connection } from '../../src/micropython/connection.ts';
import { instanceOf, type TraceableInstance } from '../../src/micropython/instance.ts';
import type { Layout } from '../../src/micropython/layout.ts';
import { selfTest } from '../../src/micropython/self-test.ts';
import { loaderOf, type MicroPython, newMicroPython, wasmFile } from './new-micropython.ts';

let micropython: MicroPython;
let instance: TraceableInstance;
let truth: string;

const program = `class Node: pass
def inner(n):
    node = Node()
    node.items = [n, str(n), (n, n)]
    return node
def outer(n):
    return {n: inner(n)}
made = [outer(i) for i in range(30)]
made.extend([{i} for i in range(10)])
del made[5:9]
`;

/** What is reported of a program. */
function reportOf(host: MicroPython, of: TraceableInstance): string {
  const tracer = new Tracer();
  const connection = new Connection(of, tracer);
  try {
    connection.excludeFile('<stdin>');
    tracer.start(10);
    host.runPython(`exec(compile(${JSON.stringify(program)}, 'app.py', 'exec'), {})`);
    connection.events.excluded++;
    host.runPython("__import__('gc').collect()");
    host.runPython('None');
    connection.events.excluded--;
    const snapshot = tracer.takeSnapshot();
    return [
      ...snapshot.statistics('traceback', { metric: 'allocated' }).map(String),
      ...snapshot.statistics('type', { metric: 'allocated' }).map(String),
      tracer.getTracedMemory().peak,
    ].join('\n');
  } finally {
    connection.close();
  }
}

beforeAll(async () => {
  micropython = await newMicroPython();
  instance = instanceOf(micropython)!;
  reportOf(micropython, instance);
  truth = reportOf(micropython, instance);
});

/** `null`: refused. */
function reportOfMutant(mutant: TraceableInstance): string | null {
  try {
    if (selfTest(micropython, mutant) !== null) return null;
  } catch {
    return null;
  }
  return reportOf(micropython, mutant);
}

/** Fewer by default: each runs a program, or several. */
const shifts = process.env['TEST_RUNS'] === undefined ? [4] : [-8, -4, 2, 4, 8];

/** All layouts in which one offset is another one. */
function layouts(): Layout[] {
  const found: Layout[] = [];
  for (const [struct, fields] of Object.entries(instance.layout)) {
    for (const [field, offset] of Object.entries(fields)) {
      for (const by of shifts) {
        if (offset + by < 0) continue;
        const changed = { ...fields, [field]: offset + by };
        found.push({ ...instance.layout, [struct]: changed } as Layout);
      }
    }
  }
  return found;
}

/** All ways to take two functions of the same types for each other. */
function swapped(): HookPoints[] {
  const names = Object.keys(signatures) as (keyof HookPoints)[];
  const { points } = instance;
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  return pairs
    .filter(([a, b]) => signatures[a] === signatures[b])
    .map(([a, b]) => ({ ...points, [a]: points[b], [b]: points[a] }));
}

test('a layout in which one offset is another one is refused, or reports the same', () => {
  const all = layouts();
  const reports = all.map((layout) => reportOfMutant({ ...instance, layout }));
  expect(all.length).toBeGreaterThanOrEqual(18);
  expect(reports.filter((report) => report !== null && report !== truth)).toEqual([]);
  expect(reports.filter((report) => report === null).length).toBeGreaterThan(12);
});

test('functions that are taken for each other are refused', () => {
  const all = swapped();
  expect(all.length).toBe(6);
  expect(all.map((points) => reportOfMutant({ ...instance, points }))).toEqual(all.map(() => null));
});

const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-micropython-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a module with other bytes is refused, or reports the same, or is no MicroPython any more', async () => {
  const original = readFileSync(wasmFile('1.27'));
  const load = await loaderOf('1.27');
  // The same ones each time: what another byte makes of a loop need not end.
  for (let i = 1; i <= 6; i++) {
    const bytes = Uint8Array.from(original);
    const at = (i * 104_729) % bytes.length;
    bytes[at]! ^= i * 37;
    const url = join(folder, `${i}.wasm`);
    writeFileSync(url, bytes);
    const where = `byte ${at} is ${bytes[at]}`;
    // What fails in the guest is printed by the loader.
    const quiet = { stdout: () => undefined, stderr: () => undefined };
    let host: MicroPython;
    try {
      host = await traceableMicroPython(() =>
        load({ heapsize: 1 << 20, pystack: 8192, url, ...quiet }),
      );
    } catch (error) {
      expect([where, error instanceof TracemallocError && error.code]).toEqual([
        where,
        'unsupported-host',
      ]);
      continue;
    }
    attachMicroPython(host, new Tracer()).detach();
    reportOf(host, instanceOf(host)!);
    expect([where, reportOf(host, instanceOf(host)!)]).toEqual([where, truth]);
  }
});
