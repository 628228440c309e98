import { fnmatch } from '@tracemalloc/core';
import { HeapGraph, selectObjects, type Way, waysTo } from '@tracemalloc/core/graph';
import { checkTraced } from './checks.ts';
import { measureRun, type Run } from './measure.ts';
import { sizeText } from './report.ts';
import { type Awaitable, after } from './sequence.ts';
import { limitSettings } from './settings.ts';
import type { SiteUse } from './site-use.ts';
import type { TracedWork } from './traced.ts';
import type { Verdict } from './verdicts.ts';

/**
 * Leaves no object of a type behind that was not there before. With `heap`, the message says who holds
 * them: from a module or frame on.
 */
export function checkNoInstances(work: unknown, type: string): Awaitable<Verdict> {
  const traced = checkTraced(work);
  if (typeof type !== 'string' || type === '') {
    throw new TypeError(`type must be the name of a type, such as 'Order', got ${String(type)}`);
  }
  return after(measureRun(traced, [], { warmup: 0 }), (run) => {
    const left = run.leaking.filter((site) => isOfType(site, type));
    const actual = left.reduce((sum, { count }) => sum + count, 0);
    const message = (): string =>
      left.length === 0
        ? `The work left no ${type}.`
        : `The work left ${sizeText(left.reduce((sum, { size }) => sum + size, 0))} of ${type}.\n${reasons(traced, run, type)}`;
    return {
      ...{ pass: left.length === 0, actual, expected: 0, message },
      ...{ figures: run, sites: left, snapshot: run.snapshot },
    };
  });
}

/** `pa.m.Rec` is a `Rec`, too. */
function isOfType({ type }: SiteUse, pattern: string): boolean {
  return fnmatch(type, pattern) || fnmatch(type.slice(type.lastIndexOf('.') + 1), pattern);
}

function reasons({ heap, getLine }: TracedWork, { snapshot }: Run, type: string): string {
  if (heap === null) return 'Who holds them: traced(tracer, work, { heap: adapter.heap })';
  const graph = new HeapGraph(snapshot);
  const objects = selectObjects(graph, `type:${type}`);
  const ways = waysTo(graph, objects, limitSettings().sites);
  const shown = ways.reduce((sum, { count }) => sum + count, 0);
  const lines = ways.flatMap((way) => wayLines(way, getLine));
  if (shown < objects.length)
    lines.push(`  and ${objects.length - shown} more, held in other ways`);
  return lines.join('\n');
}

function wayLines({ count, steps }: Way, getLine: TracedWork['getLine']): string[] {
  const path = steps.map(({ how, repeats }) => (repeats ? `${how} (again and again)` : how));
  const births = steps.flatMap(({ type, born }) => {
    if (born === null) return [];
    const source = getLine?.(born.filename, born.lineno).trim() ?? '';
    const line = `    ${type} born at ${born.filename}:${born.lineno}`;
    return source === '' ? [line] : [line, `      ${source}`];
  });
  return [`  ${count} held by ${path.join(' → ')}`, ...births];
}
