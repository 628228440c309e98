import { Snapshot } from '../api/snapshot.ts';
import type { Tracer } from '../api/tracer.ts';
import { checkInteger, checkOptions, describe } from '../base/check.ts';
import type { Bytes, TracebackRow } from '../base/units.ts';
import { parseSize, sizeForms } from '../python/parse-size.ts';
import { compact, nobodyCounted, pickTraces, recountLive } from '../snapshot/columns.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { weightOf } from './estimate.ts';

/** File of the one frame that blocks have whose stack was not looked at. */
const notSampledFile = '<not sampled>';

/** What {@link Sampler} may be told. */
export type SamplerOptions = {
  /** Bytes between two samples on average: a number, or text such as `64 KiB`. At least 1. */
  readonly interval: Bytes | string;
  /** Runs with the same seed, 1 … 2^32 − 1, choose the same of the same blocks. Default 1. */
  readonly seed?: number;
};

/**
 * Chooses which allocations get a stack, so that the others cost none: each byte that is allocated
 * is a sample with the same probability (Poisson), so a block of `size` bytes is chosen with
 * 1 − e^(−size / interval). What is chosen stands for as many blocks, its weight. All blocks are
 * still told to the tracer, so its current and peak memory are exact.
 *
 * ```ts
 * const row = sampler.wants(size) ? stack.traceback() : sampler.notSampled;
 * tracer.alloc(heap, id, size, row, type);
 * ```
 */
export class Sampler {
  /** Bytes between two samples on average. */
  readonly interval: Bytes;
  /** What the choice begins with. */
  readonly seed: number;
  readonly #tracer: Tracer;
  /** Bytes up to the next sample: a cell, because a field that holds a double is an allocation. */
  readonly #left: Float64Array = new Float64Array(1);
  #state: number;
  #row: TracebackRow = 0;
  #generation = -1;

  /** @throws TypeError or RangeError that names the option. */
  constructor(tracer: Tracer, options: SamplerOptions) {
    checkOptions('Sampler', options, ['interval', 'seed']);
    const { interval, seed = 1 } = options;
    const bytes = typeof interval === 'string' ? parseSize(interval) : interval;
    if (bytes === undefined) {
      throw new RangeError(
        `interval must be a size such as ${sizeForms}, got ${describe(interval)}`,
      );
    }
    this.interval = checkInteger('interval', bytes, 1, Number.MAX_SAFE_INTEGER);
    this.seed = checkInteger('seed', seed, 1, 0xffffffff);
    this.#tracer = tracer;
    this.#state = this.seed;
    this.#draw();
  }

  /** Whether the stack of an allocation is wanted. A block of 0 bytes is chosen as one of 1. Hot. */
  wants(size: Bytes): boolean {
    const left = this.#left;
    left[0]! -= size > 0 ? size : 1;
    if (left[0]! > 0) return false;
    this.#draw();
    return true;
  }

  /** The traceback of a block that was not chosen. */
  get notSampled(): TracebackRow {
    const tracer = this.#tracer;
    if (this.#generation !== tracer.generation) {
      this.#row = tracer.extend(0, tracer.frame(tracer.string(notSampledFile), 0));
      this.#generation = tracer.generation;
    }
    return this.#row;
  }

  /**
   * The chosen blocks of this moment with their weights: sums over them estimate those over all,
   * with no bias, and {@link intervalOf} says how well. `metadata.tracedMemory` is exact;
   * `metadata.sampling` says how was chosen and how many blocks live. What was at the peak, in all
   * and temporary is `null`: it was not counted by weight.
   *
   * A block counts by the size that it has now: one that grew is to be reported as `realloc`.
   * @throws TracemallocError `not-tracing`.
   */
  takeSnapshot(): Snapshot {
    const { data } = this.#tracer.takeSnapshot();
    const keep = sampledSites(data);
    const { traces, ...picked } = pickTraces(data, null, keep);
    const weight = traces.size.map((size) => weightOf(size, this.interval));
    const weighted = { ...traces, weight };
    const sites = {
      ...recountLive(picked.sites, weighted),
      ...nobodyCounted,
    };
    const { interval, seed } = this;
    const sampling = { interval, seed, liveBlocks: data.traces.length };
    const metadata = { ...data.metadata, sampling };
    return Snapshot.fromData(compact({ ...picked, sites, traces: weighted, metadata }));
  }

  /** The exponential distribution knows no past: the next sample is drawn as the first was. */
  #draw(): void {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    // Of a well mixed state, since neighbours of a shift register look alike.
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    const uniform = (((mixed ^ (mixed >>> 16)) >>> 0) + 0.5) / 2 ** 32;
    this.#left[0] = -Math.log(uniform) * this.interval;
  }
}

function sampledSites({ sites, tracebacks, frames, strings }: SnapshotData): Uint8Array {
  const marks = new Uint8Array(sites.length);
  for (let site = 0; site < sites.length; site++) {
    const newest = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    marks[site] = strings[frames.file[newest]!] === notSampledFile ? 0 : 1;
  }
  return marks;
}
