import { Tracer } from '@tracemalloc/core';
import { beforeAll, expect, test } from 'vitest';
import { Connection } from '../../src/quickjs/connection.ts';
import { moduleOf } from '../../src/quickjs/host.ts';
import { instanceOf, type TraceableInstance } from '../../src/quickjs/instance.ts';
import type { Layout } from '../../src/quickjs/layout.ts';
import { selfTest } from '../../src/quickjs/self-test.ts';
import { newQuickJs, type QuickJs, run } from './new-quickjs.ts';

let quickjs: QuickJs;
let instance: TraceableInstance;
let truth: string;

const program = `globalThis.kept = [];
class Node {
  constructor(n) {
    this.items = [n, String(n), new Map()];
  }
}
const outer = (n) => ({ [n]: new Node(n) });
for (let i = 0; i < 30; i++) kept.push(outer(i));
kept.splice(5, 4);
const one = {}, two = { one };
one.two = two;
kept.push(new Error('no'));
`;

/** What is reported of a program. */
function reportOf(of: TraceableInstance): string {
  const runtime = quickjs.newRuntime();
  const context = runtime.newContext();
  const tracer = new Tracer();
  const connection = new Connection(runtime, of, tracer);
  try {
    tracer.start(10);
    run(context, program);
    const snapshot = tracer.takeSnapshot();
    return [
      ...snapshot.statistics('traceback', { metric: 'allocated' }).map(String),
      ...snapshot.statistics('type').map(String),
    ].join('\n');
  } finally {
    connection.close();
    context.dispose();
    runtime.dispose();
  }
}

beforeAll(async () => {
  quickjs = await newQuickJs();
  const runtime = quickjs.newRuntime();
  instance = instanceOf(moduleOf(runtime))!;
  runtime.dispose();
  truth = reportOf(instance);
});

/** `null`: refused. */
function reportOfMutant(layout: Layout): string | null {
  const mutant = { ...instance, layout };
  try {
    if (selfTest(quickjs, mutant) !== null) return null;
  } catch {
    return null;
  }
  return reportOf(mutant);
}

test('of 50 layouts in which one offset is another one each is refused, or reports the same', () => {
  const all: Layout[] = [];
  for (const [struct, fields] of Object.entries(instance.layout)) {
    for (const [field, offset] of Object.entries(fields)) {
      // Where it writes to a wrong place, the guest is another one.
      if (field === 'threshold') continue;
      for (const by of [-4, 4, 8].filter((one) => offset + one >= 0)) {
        all.push({ ...instance.layout, [struct]: { ...fields, [field]: offset + by } } as Layout);
      }
    }
  }
  expect(all.length).toBeGreaterThanOrEqual(50);
  const reports = all.map(reportOfMutant);
  expect(reports.filter((report) => report !== null && report !== truth)).toEqual([]);
  expect(reports.filter((report) => report === null).length).toBeGreaterThan(40);
});
