import type { SnapshotData } from '@tracemalloc/core';
import { countersBy, sum } from '@tracemalloc/core/analysis';

/** What is known of a snapshot beside its rows. */
export type RowsOf = {
  /** Metrics that were counted, besides what is live. */
  readonly counted: readonly string[];
  /** Whether blocks have weights. */
  readonly weighted: boolean;
  readonly tracebackLimit: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The error of a file that can't be so. */
  readonly bad: (what: string) => Error;
};

/** A row as the reader gives it: not trusted. */
export type Row = Readonly<Record<string, unknown>>;

/** By counter: its column in the table, and the metric that it belongs to. */
const columns = {
  liveSize: ['live_bytes', 'live'],
  liveCount: ['live_blocks', 'live'],
  peakSize: ['peak_bytes', 'peak'],
  peakCount: ['peak_blocks', 'peak'],
  totalSize: ['allocated_bytes', 'allocated'],
  totalCount: ['allocated_blocks', 'allocated'],
  temporarySize: ['temporary_bytes', 'temporary'],
  temporaryCount: ['temporary_blocks', 'temporary'],
} as const;

/** How far sums of blocks may be from those of their site: floating point adds up in any order. */
const tolerance = 1e-9;

/** The tables of a snapshot that is made row by row, each checked. */
export class SnapshotRows {
  readonly #entry: RowsOf;
  readonly #maxBlocks: number;
  readonly #strings = new Rows<string>();
  readonly #frames = new Rows<readonly number[]>();
  readonly #tracebacks = new Rows<readonly number[]>();
  readonly #sites: {
    readonly traceback: number;
    readonly domain: number;
    readonly type: number;
    readonly label: number;
  }[] = [];
  readonly #counters: Record<string, number>[] = [];
  readonly #blocks: { readonly size: number; readonly site: number; readonly weight: number }[] =
    [];
  #at = 0;

  /** @param maxBlocks that it may hold, so that no small file fills the memory. */
  constructor(entry: RowsOf, maxBlocks: number) {
    this.#entry = entry;
    this.#maxBlocks = maxBlocks;
    this.#strings.of('', '');
  }

  /** @param at number of the row in its file, for errors. */
  add(row: Row, at: number): void {
    this.#at = at;
    const stack = this.#list(row, 'stack').map((frame) => this.#frame(frame));
    const total = isAbsent(row['total_nframe']) ? -1 : this.#integer(row, 'total_nframe', 0, 65535);
    const site = this.#sites.length;
    this.#sites.push({
      traceback: this.#tracebacks.of(`${stack.join(' ')}:${total}`, [...stack, total]),
      domain: isAbsent(row['domain']) ? 0 : this.#integer(row, 'domain', 0, 2 ** 32 - 1),
      type: this.#string(row, 'type'),
      label: this.#string(row, 'label'),
    });
    const counters: Record<string, number> = {};
    for (const [name, metric] of Object.values(columns)) {
      if (this.#isCounted(metric)) counters[name] = this.#figure(row, name);
    }
    this.#counters.push(counters);
    if (isAbsent(row['blocks'])) this.#addAverages(site, counters);
    else this.#addBlocks(row, site, counters);
  }

  finish(): SnapshotData {
    const { tracebackLimit, metadata, weighted } = this.#entry;
    const [sites, blocks, frames] = [this.#sites, this.#blocks, this.#frames.all];
    const tracebacks = this.#tracebacks.all;
    const offset = new Int32Array(tracebacks.length + 1);
    for (const [i, rows] of tracebacks.entries()) offset[i + 1] = offset[i]! + rows.length - 1;
    const counters = countersBy((name) => {
      const [column, metric] = columns[name];
      if (!this.#isCounted(metric)) return null;
      return Float64Array.from(this.#counters, (figures) => figures[column]!);
    });
    return {
      tracebackLimit,
      metadata,
      timeline: null,
      graph: null,
      strings: this.#strings.all,
      frames: {
        length: frames.length,
        file: Int32Array.from(frames, (frame) => frame[0]!),
        line: Int32Array.from(frames, (frame) => frame[1]!),
        functionName: Int32Array.from(frames, (frame) => frame[2]!),
      },
      tracebacks: {
        length: tracebacks.length,
        offset,
        frame: Int32Array.from(tracebacks.flatMap((rows) => rows.slice(0, -1))),
        totalNframe: Int32Array.from(tracebacks, (rows) => rows.at(-1)!),
      },
      sites: {
        length: sites.length,
        traceback: Int32Array.from(sites, ({ traceback }) => traceback),
        domain: Uint32Array.from(sites, ({ domain }) => domain),
        type: Int32Array.from(sites, ({ type }) => type),
        label: Int32Array.from(sites, ({ label }) => label),
        ...counters,
      },
      traces: {
        length: blocks.length,
        size: Float64Array.from(blocks, ({ size }) => size),
        site: Int32Array.from(blocks, ({ site }) => site),
        weight: weighted ? Float64Array.from(blocks, ({ weight }) => weight) : null,
      },
    };
  }

  #isCounted(metric: string): boolean {
    return metric === 'live' || this.#entry.counted.includes(metric);
  }

  #frame(frame: Row): number {
    const file = this.#string(frame, 'file');
    const line = this.#integer(frame, 'line', -(2 ** 31), 2 ** 31 - 1);
    const name = this.#string(frame, 'function');
    return this.#frames.of(`${file} ${line} ${name}`, [file, line, name]);
  }

  #addBlocks(row: Row, site: number, counters: Readonly<Record<string, number>>): void {
    const sizes: number[] = [];
    const counts: number[] = [];
    for (const blocks of this.#list(row, 'blocks')) {
      const size = this.#integer(blocks, 'size', 0, Number.MAX_SAFE_INTEGER);
      const count = this.#integer(blocks, 'count', 1, this.#maxBlocks - this.#blocks.length);
      const weight = this.#entry.weighted ? this.#figure(blocks, 'weight') : 1;
      if (weight === 0) throw this.#bad('weight', weight);
      for (let i = 0; i < count; i++) this.#blocks.push({ size, site, weight });
      sizes.push(size * weight * count);
      counts.push(weight * count);
    }
    this.#checkSum('live_bytes', sum(sizes), counters);
    this.#checkSum('live_blocks', sum(counts), counters);
  }

  /** The two sizes next to the average, as often as makes the same bytes and blocks. */
  #addAverages(site: number, counters: Readonly<Record<string, number>>): void {
    const { live_bytes: bytes = 0, live_blocks: blocks = 0 } = counters;
    if (blocks === 0 && bytes > 0) throw this.#bad('live_blocks', blocks);
    const small = Math.floor(bytes / blocks);
    const larger = Math.min(blocks, Math.max(0, bytes - small * blocks));
    if (larger > 0) this.#blocks.push({ size: small + 1, site, weight: larger });
    if (blocks > larger) this.#blocks.push({ size: small, site, weight: blocks - larger });
  }

  #checkSum(name: string, blocks: number, counters: Readonly<Record<string, number>>): void {
    const stored = counters[name]!;
    if (Math.abs(stored - blocks) <= tolerance * Math.max(stored, blocks)) return;
    throw this.#entry.bad(`${name} of row ${this.#at} is ${stored}, and its blocks have ${blocks}`);
  }

  #list(row: Row, name: string): Row[] {
    const value = row[name];
    if (!Array.isArray(value) || value.some((each) => typeof each !== 'object' || each === null)) {
      throw this.#bad(name, value);
    }
    return value;
  }

  #string(row: Row, name: string): number {
    const value = row[name] ?? '';
    if (typeof value !== 'string') throw this.#bad(name, value);
    return this.#strings.of(value, value);
  }

  #figure(row: Row, name: string): number {
    const value = row[name];
    if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
    throw this.#bad(name, value);
  }

  #integer(row: Row, name: string, min: number, max: number): number {
    const value = typeof row[name] === 'bigint' ? Number(row[name]) : row[name];
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    throw this.#bad(name, row[name]);
  }

  #bad(name: string, value: unknown): Error {
    return this.#entry.bad(`${name} of row ${this.#at} can't be ${String(value)}`);
  }
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

/** Gives equal values one row. */
class Rows<Value> {
  readonly all: Value[] = [];
  readonly #known = new Map<string, number>();

  of(key: string, value: Value): number {
    let row = this.#known.get(key);
    if (row === undefined) {
      row = this.all.push(value) - 1;
      this.#known.set(key, row);
    }
    return row;
  }
}
