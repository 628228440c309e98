/** What one writes first: a Map of objects, every trace with its own copy of the stack. */
export type PlainFrame = { readonly file: string; readonly line: number };
export type PlainTrace = { readonly size: number; readonly frames: readonly PlainFrame[] };
export type PlainStatistic = {
  readonly key: string;
  readonly size: number;
  readonly count: number;
};

export class PlainTracer {
  readonly nframe: number;
  current = 0;
  peak = 0;
  readonly #traces = new Map<number, PlainTrace>();

  constructor(nframe: number) {
    this.nframe = nframe;
  }

  /** @param stack Most recent frame first. */
  track(id: number, size: number, stack: readonly PlainFrame[]): void {
    this.untrack(id);
    this.#traces.set(id, { size, frames: stack.slice(0, this.nframe) });
    this.current += size;
    if (this.current > this.peak) this.peak = this.current;
  }

  untrack(id: number): void {
    const trace = this.#traces.get(id);
    if (trace === undefined) return;
    this.current -= trace.size;
    this.#traces.delete(id);
  }

  takeSnapshot(): PlainTrace[] {
    return [...this.#traces.values()];
  }
}

type Key = 'filename' | 'lineno' | 'traceback';

function keyOf(frame: PlainFrame, key: Key): string {
  return key === 'filename' ? frame.file : `${frame.file}:${frame.line}`;
}

function keysOf(trace: PlainTrace, key: Key, cumulative: boolean): string[] {
  if (key === 'traceback') return [trace.frames.map((frame) => keyOf(frame, key)).join(' < ')];
  const frames = cumulative ? trace.frames : trace.frames.slice(0, 1);
  return frames.map((frame) => keyOf(frame, key));
}

export function plainStatistics(
  traces: readonly PlainTrace[],
  key: Key,
  cumulative = false,
): PlainStatistic[] {
  const groups = new Map<string, { size: number; count: number }>();
  for (const trace of traces) {
    for (const text of keysOf(trace, key, cumulative)) {
      const group = groups.get(text) ?? { size: 0, count: 0 };
      group.size += trace.size;
      group.count++;
      groups.set(text, group);
    }
  }
  return Array.from(groups, ([text, group]) => ({ key: text, ...group })).sort(
    (a, b) => b.size - a.size || b.count - a.count || (a.key < b.key ? 1 : -1),
  );
}

export function plainDifferences(
  traces: readonly PlainTrace[],
  old: readonly PlainTrace[],
  key: Key,
): (PlainStatistic & { readonly sizeDiff: number })[] {
  const before = new Map(plainStatistics(old, key).map((one) => [one.key, one]));
  const differences = plainStatistics(traces, key).map((one) => {
    const sizeDiff = one.size - (before.get(one.key)?.size ?? 0);
    before.delete(one.key);
    return { ...one, sizeDiff };
  });
  for (const gone of before.values()) {
    differences.push({ ...gone, size: 0, count: 0, sizeDiff: -gone.size });
  }
  return differences.sort((a, b) => Math.abs(b.sizeDiff) - Math.abs(a.sizeDiff));
}

export function plainFilter(
  traces: readonly PlainTrace[],
  rules: readonly { readonly inclusive: boolean; readonly pattern: RegExp; allFrames?: boolean }[],
): PlainTrace[] {
  return traces.filter((trace) => {
    const hits = rules.map(({ pattern, allFrames }) => {
      const frames = allFrames === true ? trace.frames : trace.frames.slice(0, 1);
      return frames.some((frame) => pattern.test(frame.file));
    });
    const wanted = rules.some((rule) => rule.inclusive);
    if (wanted && !rules.some((rule, i) => rule.inclusive && hits[i])) return false;
    return rules.every((rule, i) => rule.inclusive || !hits[i]);
  });
}
