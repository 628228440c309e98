import { readFileSync } from 'node:fs';
import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { newSkulpt } from '../../packages/adapters/test/skulpt/new-skulpt.ts';

/** A container, and the bytes that CPython allocates for it (test/python/measure_containers.py). */
type Container = {
  readonly group: string;
  readonly name: string;
  readonly n: number;
  /** Defines what the expression needs. */
  readonly code: string;
  readonly expression: string;
  readonly bytes: number;
};

/** A container, and the bytes that the guest's was found to have. */
export type MeasuredContainer = Container & { readonly guest: number };

export const golden = JSON.parse(
  readFileSync(new URL('../python/containers.json', import.meta.url), 'utf8'),
) as { python: string; setup: string; containers: readonly Container[] };

const tolerance = 0.1;
const file = 'containers.py';

export function isSameSize({ bytes, guest }: MeasuredContainer): boolean {
  return Math.abs(guest - bytes) <= tolerance * bytes;
}

/** Makes each container in Skulpt, on a line of its own, and measures what this line allocated. */
export function measureInSkulpt(containers: readonly Container[]): MeasuredContainer[] {
  const { Sk, run } = newSkulpt();
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  tracer.start(25);
  const lines = golden.setup.split('\n');
  const lineOf = new Map<number, Container>();
  lines.push('kept = []', 'i = 0');
  let prepared = -1;
  for (const container of [...containers].sort((a, b) => a.n - b.n)) {
    lines.push(...container.code.split('\n'));
    if (prepared !== container.n) {
      prepared = container.n;
      lines.push(`p = prepared(${prepared})`);
      for (const name of names) lines.push(`${name} = p['${name}']`);
    }
    // CPython gives the first objects of a class more room than later ones.
    if (container.group === 'instance') {
      lines.push(`for _ in range(30): ${container.expression}`);
    }
    lines.push('kept.append(');
    lineOf.set(lines.push(container.expression), container);
    lines.push(')');
  }
  const { error } = run(lines.join('\n'), { filename: file });
  if (error !== null) throw new Error(error);
  const sizes = new Map<Container, number>();
  for (const { size, traceback } of tracer.takeSnapshot().traces) {
    const frame = traceback.frames.find(({ filename, lineno }) => {
      return filename === file && lineOf.has(lineno);
    });
    const container = lineOf.get(frame?.lineno ?? 0);
    if (container !== undefined) sizes.set(container, (sizes.get(container) ?? 0) + size);
  }
  tracer.stop();
  adapter.detach();
  return containers.map((one) => ({ ...one, guest: sizes.get(one) ?? 0 }));
}

/** What `prepared()` of the set-up makes. */
const names = [
  'some',
  'fixed',
  'keys',
  'rest',
  'some_rest',
  'table',
  'named',
  'found',
  'other',
  'one',
] as const;
