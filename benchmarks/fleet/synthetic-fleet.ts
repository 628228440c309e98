import { Snapshot, type SnapshotData } from '@tracemalloc/core';

/** How a fleet of pages is made up. */
export type FleetOptions = {
  /** Two of each session, ten minutes apart. */
  readonly snapshots: number;
  /** Sites that a page may have. */
  readonly sites: number;
  /** Part of the sites that a snapshot has, 0 … 1; by default all. */
  readonly density?: number;
  /** Sites more that no other snapshot has. */
  readonly unique?: number;
  readonly seed?: number;
};

/** A snapshot of the fleet, and how its file is called. */
export type FleetSnapshot = { readonly name: string; readonly snapshot: Snapshot };

const releases = ['1.0', '1.1'];
const hosts = ['brython 3.14.3', 'skulpt 1.2.0', 'lua 5.4'];
const types = ['', 'list', 'dict', 'str', 'pa.Rec'];
const counterNames = ['peak', 'total', 'temporary'];
const firstDay = Date.UTC(2026, 0, 5);

/** What is wrong in this fleet, for those who look: file and line by fault. */
export const planted = {
  /** Grows by half from release 1.0 to 1.1 on every host. */
  grown: 'app/mod0.py:20',
  /** Leaks in every tenth session. */
  leaking: 'app/mod1.py:21',
  /** Four times as big in 1.1, on skulpt alone. */
  onOneHost: 'app/mod2.py:22',
} as const;

/**
 * Snapshots of pages as a product may send them: the same ones for the same options. Stacks of 3 to
 * 20 frames over the files of one program, sizes of a few classes a site, two releases, three hosts.
 */
export function* syntheticFleet(options: FleetOptions): Generator<FleetSnapshot> {
  const { snapshots, sites, seed = 1 } = options;
  const random = randomFrom(seed);
  const known = new Map<string, Frame>();
  const frame: FrameOf = (...fields) => {
    const key = fields.join(':');
    const found = known.get(key) ?? fields;
    known.set(key, found);
    return found;
  };
  const stacks = Array.from({ length: sites }, (_, site) => stackOf(site, random, frame));
  for (let index = 0; index < snapshots; index++) {
    const session = index >> 1;
    const release = releases[session % 2]!;
    const host = hosts[(session >> 1) % hosts.length]!;
    const time = firstDay + (session % 3) * 86_400_000 + (session % 1440) * 60_000;
    const isLate = index % 2 === 1;
    const snapshot = page(stacks, { index, isLate, session, release, host }, options, random);
    yield {
      name: `${release}-${host.split(' ')[0]}-${String(index).padStart(7, '0')}.tm`,
      snapshot: snapshot.withMetadata({
        host,
        release,
        session: `s${session}`,
        time: new Date(time + (isLate ? 600_000 : 0)).toISOString(),
        liveness: 'exact',
        sizeModel: 'cpython64',
      }),
    };
  }
}

type Page = {
  readonly index: number;
  readonly isLate: boolean;
  readonly session: number;
  readonly release: string;
  readonly host: string;
};
type Frame = readonly [file: string, line: number, name: string];
/** One object a distinct frame, so that it is found without making a text of it. */
type FrameOf = (file: string, line: number, name: string) => Frame;

/** Most recent first. The line of the first few is the one that is planted there. */
function stackOf(site: number, random: () => number, frame: FrameOf): Frame[] {
  const file = site % 40;
  const own = frame(`app/mod${file}.py`, 20 + site, `f${site % 400}`);
  const depth = 2 + Math.floor(random() * 18);
  const callers = Array.from({ length: depth }, (_, i) => {
    const caller = Math.floor(random() * 400);
    return frame(`app/mod${caller % 40}.py`, 5 + i, `f${caller}`);
  });
  return [own, ...callers];
}

function page(
  stacks: readonly Frame[][],
  page: Page,
  { density = 1, unique = 0 }: FleetOptions,
  random: () => number,
): Snapshot {
  const builder = new Builder();
  for (const [site, stack] of stacks.entries()) {
    const isPlanted = site < 3;
    if (!isPlanted && random() >= density) continue;
    const blocks = isPlanted ? 1 : 1 + Math.floor(random() * 4);
    const size = 48 + 8 * (site % 64) + 16 * Math.floor(random() * 4);
    builder.add(stack, types[site % types.length]!, size, blocks * growth(site, page));
  }
  for (let i = 0; i < unique; i++) {
    builder.add([[`page${page.index}.py`, i, 'f'], ...stacks[i % stacks.length]!], '', 64, 1);
  }
  return builder.finish();
}

/** How many times as many blocks a line has. */
function growth(site: number, { release, host, session, isLate }: Page): number {
  if (site === 0) return release === '1.1' ? 30 : 20;
  if (site === 1) return session % 10 === 0 && isLate ? 50 : 2;
  if (site === 2) return release === '1.1' && host.startsWith('skulpt') ? 40 : 10;
  return 1;
}

class Builder {
  readonly #strings = new Map([['', 0]]);
  readonly #frames = new Map<Frame, number>();
  readonly #frameRows: [file: number, line: number, name: number][] = [];
  readonly #offset = [0];
  readonly #frame: number[] = [];
  readonly #types: number[] = [];
  readonly #size: number[] = [];
  readonly #site: number[] = [];
  readonly #live: { size: number; count: number }[] = [];

  add(stack: readonly Frame[], type: string, size: number, blocks: number): void {
    for (const frame of stack) this.#frame.push(this.#frameRow(frame));
    this.#offset.push(this.#frame.length);
    const site = this.#types.push(this.#string(type)) - 1;
    this.#live.push({ size: size * blocks, count: blocks });
    for (let i = 0; i < blocks; i++) {
      this.#size.push(size);
      this.#site.push(site);
    }
  }

  finish(): Snapshot {
    const length = this.#types.length;
    const sizes = Float64Array.from(this.#live, ({ size }) => size);
    const counts = Float64Array.from(this.#live, ({ count }) => count);
    const counters = Object.fromEntries(
      counterNames.flatMap((name) => [
        [`${name}Size`, sizes.map((size) => (name === 'temporary' ? 0 : size * 2))],
        [`${name}Count`, counts.map((count) => (name === 'temporary' ? 0 : count * 2))],
      ]),
    );
    const data = {
      tracebackLimit: 25,
      timeline: null,
      graph: null,
      metadata: {},
      strings: [...this.#strings.keys()],
      frames: {
        length: this.#frameRows.length,
        file: Int32Array.from(this.#frameRows, ([file]) => file),
        line: Int32Array.from(this.#frameRows, ([, line]) => line),
        functionName: Int32Array.from(this.#frameRows, ([, , name]) => name),
      },
      tracebacks: {
        length,
        offset: Int32Array.from(this.#offset),
        frame: Int32Array.from(this.#frame),
        totalNframe: Int32Array.from({ length }, (_, row) => {
          return this.#offset[row + 1]! - this.#offset[row]!;
        }),
      },
      sites: {
        length,
        traceback: Int32Array.from({ length }, (_, row) => row),
        domain: new Uint32Array(length),
        type: Int32Array.from(this.#types),
        label: new Int32Array(length),
        liveSize: sizes,
        liveCount: counts,
        ...counters,
      },
      traces: {
        length: this.#size.length,
        size: Float64Array.from(this.#size),
        site: Int32Array.from(this.#site),
        weight: null,
      },
    };
    return Snapshot.fromData(data as unknown as SnapshotData);
  }

  #string(text: string): number {
    const row = this.#strings.get(text) ?? this.#strings.size;
    this.#strings.set(text, row);
    return row;
  }

  #frameRow(frame: Frame): number {
    let row = this.#frames.get(frame);
    if (row === undefined) {
      const [file, line, name] = frame;
      row = this.#frameRows.push([this.#string(file), line, this.#string(name)]) - 1;
      this.#frames.set(frame, row);
    }
    return row;
  }
}

/** Mulberry32: 0 ≤ … < 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
