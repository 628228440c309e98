import type { Tracer } from '@tracemalloc/core';

/** `line: label` of the big live lists, strings, Bigs and blocks of no type of a file's own lines, in the order of lines. */
export function labelsByLine(tracer: Tracer, file: string): string[] {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const found: [line: number, label: string][] = [];
  for (let site = 0; site < sites.length; site++) {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    if (sites.liveSize[site]! < 4000 || strings[frames.file[frame]!] !== file) continue;
    if (!['list', 'string', 'Big', ''].includes(strings[sites.type[site]!]!)) continue;
    found.push([frames.line[frame]!, strings[sites.label[site]!]!]);
  }
  found.sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1));
  return found.map(([line, label]) => `${line}: ${label}`);
}
