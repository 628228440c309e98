import type { BlockSampler } from '../api/block-sampler.ts';
import { recorderOf, type Tracer } from '../api/tracer.ts';
import { checkInteger, checkOptions, describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import type { Bytes, TracebackRow } from '../base/units.ts';
import { parseSize, sizeForms } from '../python/parse-size.ts';
import { compact, nobodyCounted, pickTraces, recountLive } from '../snapshot/columns.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { TracerEvents } from '../tracer/events.ts';
import { ChosenSizes } from './chosen-sizes.ts';
import type { SamplingMetadata } from './metadata.ts';
import { SampledEvents } from './sampled-events.ts';
import { SizeCounts } from './size-classes.ts';
import { weightOf } from './weight.ts';

/** File of the one frame that blocks have whose stack was not looked at. */
const notSampledFile = '<not sampled>';

/** What {@link sampling} may be told. */
export type SamplingOptions = {
  /** Bytes between two samples on average: a number, or text such as `64 KiB`. At least 1. */
  readonly sampleInterval: Bytes | string;
  /** Runs with the same seed, 1 … 2^32 − 1, choose the same of the same blocks. Default 1. */
  readonly seed?: number;
};

/**
 * For `tracer.start`: of the blocks that are allocated, some get a stack, and stand for the others.
 *
 * ```ts
 * tracer.start(25, sampling({ sampleInterval: '64 KiB', seed: 1 }));
 * ```
 *
 * Each byte is a sample with the same probability (Poisson), so a block of `size` bytes is chosen
 * with 1 − e^(−size / interval), and stands for as many blocks, its weight. All blocks are followed, so traced
 * memory is exact. Snapshots have the chosen blocks with their weights: sums over them estimate
 * those over all, with no bias, and {@link intervalOf} says how well. What was at the peak, in all and
 * temporary is `null`: it was not counted by weight.
 * @throws TypeError or RangeError that names the option; what it gives throws TracemallocError
 * `unsupported` for a tracer whose heap is walked, where sampling would save nothing.
 */
export function sampling(options: SamplingOptions): (tracer: Tracer) => BlockSampler {
  checkOptions('sampling', options, ['sampleInterval', 'seed']);
  const { sampleInterval, seed = 1 } = options;
  const bytes = typeof sampleInterval === 'string' ? parseSize(sampleInterval) : sampleInterval;
  if (bytes === undefined) {
    throw new RangeError(
      `sampleInterval must be a size such as ${sizeForms}, got ${describe(sampleInterval)}`,
    );
  }
  const interval = checkInteger('sampleInterval', bytes, 1, Number.MAX_SAFE_INTEGER);
  checkInteger('seed', seed, 1, 0xffffffff);
  return (tracer) => new Sampler(tracer, interval, seed);
}

class Sampler implements BlockSampler {
  readonly #interval: Bytes;
  readonly #seed: number;
  readonly #tracer: Tracer;
  /** Bytes up to the next sample: a cell, because a field that holds a double is an allocation. */
  readonly #left: Float64Array = new Float64Array(1);
  readonly #sizes = new ChosenSizes();
  #state: number;
  /** Bytes of the block that was asked for and chosen, until it is reported; −1 = none. */
  #chosen = -1;
  #row: TracebackRow = 0;
  #generation = -1;

  constructor(tracer: Tracer, interval: Bytes, seed: number) {
    if (recorderOf(tracer).domains.some(({ liveSet }) => liveSet !== null)) {
      throw new TracemallocError(
        'unsupported',
        'this heap is walked when it is read, and is not sampled: stacks are not what it costs',
      );
    }
    this.#interval = interval;
    this.#seed = seed;
    this.#tracer = tracer;
    this.#state = seed;
    this.#draw();
  }

  /** A block of 0 bytes is chosen as one of 1. Hot. */
  wants(size: Bytes): boolean {
    const isChosen = this.#chooses(size);
    this.#chosen = isChosen ? size : -1;
    return isChosen;
  }

  rowFor(size: Bytes, traceback: TracebackRow): TracebackRow {
    if (this.#chosen === size) {
      this.#chosen = -1;
      return traceback;
    }
    // An adapter that asked, and was told so.
    if (traceback === this.#row && this.#generation === this.#tracer.generation) return traceback;
    return this.#chooses(size) ? traceback : this.notSampled;
  }

  get notSampled(): TracebackRow {
    const tracer = this.#tracer;
    if (this.#generation !== tracer.generation) {
      this.#row = tracer.extend(0, tracer.frame(tracer.string(notSampledFile), 0));
      this.#generation = tracer.generation;
    }
    return this.#row;
  }

  readonly events = (next: TracerEvents): TracerEvents =>
    new SampledEvents(this, recorderOf(this.#tracer), this.#sizes, next);

  readonly weigh = (data: SnapshotData): SnapshotData => {
    const keep = sampledSites(data);
    const then = this.#sizesThen(data);
    const counts = new SizeCounts();
    const { traces: all } = data;
    const weights: number[] = [];
    for (let row = 0; row < all.length; row++) {
      const size = then?.[row] ?? all.size[row]!;
      const isChosen = keep[all.site[row]!] === 1;
      counts.add(size, isChosen);
      if (isChosen) weights.push(weightOf(size, this.#interval));
    }
    const { traces, ...picked } = pickTraces(data, null, keep);
    const weighted = { ...traces, weight: Float64Array.from(weights) };
    const sites = { ...recountLive(picked.sites, weighted), ...nobodyCounted };
    const how: SamplingMetadata = {
      interval: this.#interval,
      seed: this.#seed,
      liveBlocks: all.length,
      sizes: counts.classes(),
    };
    const metadata = { ...data.metadata, sampling: how };
    return compact({ ...picked, sites, traces: weighted, metadata });
  };

  #chooses(size: Bytes): boolean {
    const left = this.#left;
    left[0]! -= size > 0 ? size : 1;
    if (left[0]! > 0) return false;
    this.#draw();
    return true;
  }

  /** By row, the size that a block had when it was chosen or not; `null` where all have theirs. */
  #sizesThen({ traces }: SnapshotData): Float64Array | null {
    const { domains } = recorderOf(this.#tracer);
    if (domains.every(({ row }) => this.#sizes.isEmpty(row))) return null;
    const sizes = traces.size.slice();
    let at = 0;
    // In the order in which the snapshot copied them.
    for (const { row, store, collecting } of domains) {
      for (const blocks of collecting === null ? [store] : [store, collecting]) {
        for (const id of blocks.ids()) {
          sizes[at] = this.#sizes.of(row, id) ?? sizes[at]!;
          at++;
        }
      }
    }
    return sizes;
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
    this.#left[0] = -Math.log(uniform) * this.#interval;
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
