import { type Snapshot, Tracer } from '@tracemalloc/core';
import type { AdapterCaps } from '../contract/index.ts';
import { blocksOf, countsByLine, difference, everAllocated, placeOf } from './evidence.ts';
import type { ConformanceGuest, ConformanceHost, Programs } from './host.ts';

/** What an adapter is held to. */
export type Property = {
  /** Names the row of the table. */
  readonly name: string;
  /** `none`: the guest has no such thing. `no`: the adapter does not claim it. */
  expected(caps: AdapterCaps, host: ConformanceHost): Verdict;
  /** Why the property does not hold; `null` when it does. */
  disprove(session: Session): Promise<string | null>;
};

/** What a host can do of a property: as it claims, by a model of sizes, not, or nothing to test. */
export type Verdict = 'yes' | 'modelled' | 'no' | 'none';

/** A tracer that knows how many functions listen to it. */
class CountingTracer extends Tracer {
  readonly #listeners = new Set<() => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  override onRead(listener: () => void): () => void {
    return this.#count(super.onRead(listener));
  }

  override onSwitch(listener: () => void): () => void {
    return this.#count(super.onSwitch(listener));
  }

  #count(undo: () => void): () => void {
    this.#listeners.add(undo);
    return () => {
      this.#listeners.delete(undo);
      undo();
    };
  }
}

/** A fresh interpreter with its tracer. */
export class Session {
  readonly host: ConformanceHost;
  readonly guest: ConformanceGuest;
  readonly tracer: CountingTracer;
  readonly caps: AdapterCaps;
  readonly before: unknown;

  constructor(
    host: ConformanceHost,
    guest: ConformanceGuest,
    tracer: CountingTracer = new CountingTracer(),
  ) {
    this.host = host;
    this.guest = guest;
    this.tracer = tracer;
    this.before = guest.fingerprint();
    this.caps = guest.attach(this.tracer);
  }

  /** The program under a file name of its own. */
  async run(program: keyof Programs): Promise<void> {
    await this.guest.run(this.host.programs[program]!, program);
  }

  async snapshot(): Promise<Snapshot> {
    await this.guest.settle();
    return this.tracer.takeSnapshot();
  }

  /** `file:line` of a mark. */
  at(program: keyof Programs, mark: string): string {
    const file = program + (this.host.extension ?? '');
    return placeOf(this.host.programs[program]!, file, mark);
  }

  async counts(): Promise<Record<string, number>> {
    return countsByLine(await this.snapshot(), this.host.type);
  }

  /** The stack of the only object that a program made. */
  async stackOf(program: keyof Programs, nframe: number): Promise<unknown> {
    this.tracer.start(nframe);
    await this.run(program);
    return blocksOf(await this.snapshot(), this.host.type).map((b) => [b.frames, b.totalNframe]);
  }
}

const always = (): Verdict => 'yes';
const unlessLinesAreNot = ({ lines }: AdapterCaps): Verdict =>
  lines === 'none' || lines === 'function' ? 'no' : 'yes';
const ifGuestHas =
  (program: keyof Programs) =>
  (caps: AdapterCaps, host: ConformanceHost): Verdict =>
    host.programs[program] === null ? 'none' : unlessLinesAreNot(caps);

export const properties: readonly Property[] = [
  {
    name: 'blocks counted on their lines',
    expected: unlessLinesAreNot,
    async disprove(session) {
      session.tracer.start();
      await session.run('blocks');
      const found = await session.counts();
      const expected = { [session.at('blocks', '@a')]: 10, [session.at('blocks', '@b')]: 5 };
      return difference(sorted(found), sorted(expected));
    },
  },
  {
    name: 'sizes',
    expected: ({ sizes }) => (sizes === 'exact' ? 'yes' : 'modelled'),
    async disprove(session) {
      const { tracer, host } = session;
      tracer.start();
      await session.run('sizes');
      const found = blocksOf(await session.snapshot(), host.type).map((block) => block.size);
      return difference(found.sort(ascending), [host.sizeOf(10), host.sizeOf(100)]);
    },
  },
  {
    name: 'frees',
    expected: ({ frees }) => (frees === 'none' ? 'no' : 'yes'),
    async disprove(session) {
      session.tracer.start();
      await session.run('frees');
      return difference(await session.counts(), { [session.at('frees', '@a')]: 6 });
    },
  },
  {
    name: 'every allocation counted once',
    // A walk over what lives does not meet what came and went.
    expected: ({ frees }) => (frees === 'reachable' ? 'no' : 'yes'),
    async disprove(session) {
      session.tracer.start();
      await session.run('frees');
      return difference(everAllocated(await session.snapshot(), session.host.type), 10);
    },
  },
  {
    name: 'stacks of nested calls',
    expected: unlessLinesAreNot,
    async disprove(session) {
      const found = await session.stackOf('calls', 10);
      const frames = ['@main', '@outer', '@inner'].map((mark) => session.at('calls', mark));
      return difference(found, [[frames, 3]]);
    },
  },
  {
    name: 'recursion',
    expected: unlessLinesAreNot,
    async disprove(session) {
      const found = await session.stackOf('recursion', 100);
      const [main, down, bottom] = ['@main', '@down', '@bottom'].map((m) =>
        session.at('recursion', m),
      );
      return difference(found, [[[main, ...new Array<string>(20).fill(down!), bottom], 22]]);
    },
  },
  {
    name: 'limit, and the depth beyond it',
    expected: unlessLinesAreNot,
    async disprove(session) {
      const found = await session.stackOf('recursion', 3);
      const [down, bottom] = ['@down', '@bottom'].map((mark) => session.at('recursion', mark));
      return difference(found, [[[down, down, bottom], 22]]);
    },
  },
  {
    name: 'coroutines',
    expected: ifGuestHas('coroutine'),
    async disprove(session) {
      const found = await session.stackOf('coroutine', 10);
      const marks = ['@main', '@resume', '@inside'];
      return difference(found, [[marks.map((mark) => session.at('coroutine', mark)), 3]]);
    },
  },
  {
    name: 'stacks after an exception',
    expected: ifGuestHas('exceptions'),
    async disprove(session) {
      const found = await session.stackOf('exceptions', 10);
      return difference(found, [[[session.at('exceptions', '@after')], 1]]);
    },
  },
  {
    name: 'stop and start',
    expected: always,
    async disprove(session) {
      const { tracer } = session;
      await session.run('blocks');
      tracer.start();
      await session.run('blocks');
      tracer.stop();
      await session.run('blocks');
      tracer.start();
      await session.run('frees');
      const { current, peak } = tracer.getTracedMemory();
      if (current > peak) return `current ${current} is above the peak ${peak}`;
      const found = Object.keys(await session.counts());
      return difference(found, [session.at('frees', '@a')]);
    },
  },
  {
    name: 'clear',
    expected: always,
    async disprove(session) {
      const { tracer } = session;
      tracer.start();
      await session.run('blocks');
      tracer.clearTraces();
      if (tracer.getTracedMemory().peak !== 0) return 'the peak is not 0 after clearTraces()';
      await session.run('frees');
      return difference(Object.keys(await session.counts()), [session.at('frees', '@a')]);
    },
  },
  {
    name: 'two interpreters at once',
    expected: always,
    async disprove(session) {
      const other = new Session(session.host, await session.host.open());
      try {
        session.tracer.start();
        other.tracer.start();
        await session.run('frees');
        await other.run('blocks');
        const { host } = session;
        const first = difference(await session.counts(), { [session.at('frees', '@a')]: 6 });
        const theirs = blocksOf(await other.snapshot(), host.type).length;
        other.guest.detach();
        await session.run('calls');
        const after = (await session.counts())[session.at('calls', '@inner')];
        return first ?? difference({ theirs, after }, { theirs: 15, after: 1 });
      } finally {
        other.guest.close();
      }
    },
  },
  {
    name: 'two interpreters on one tracer, detached in either order',
    expected: always,
    async disprove(session) {
      const { tracer, host } = session;
      const other = new Session(host, await host.open(), tracer);
      const later = new Session(host, await host.open(), tracer);
      const expected = { [session.at('frees', '@a')]: 6 };
      try {
        session.guest.detach();
        tracer.start();
        await other.run('frees');
        const afterFirst = difference(await other.counts(), expected);
        later.guest.detach();
        tracer.clearTraces();
        await other.run('frees');
        return afterFirst ?? difference(await other.counts(), expected);
      } finally {
        other.guest.close();
        later.guest.close();
      }
    },
  },
  {
    name: 'detach leaves the host as found',
    expected: always,
    async disprove(session) {
      const { tracer, guest } = session;
      tracer.start();
      await session.run('calls');
      guest.detach();
      const changed = difference(guest.fingerprint(), session.before);
      if (changed !== null) return changed;
      tracer.clearTraces();
      await session.run('blocks');
      return difference(
        { peak: tracer.getTracedMemory().peak, listeners: tracer.listeners },
        { peak: 0, listeners: 0 },
      );
    },
  },
  {
    name: 'snapshots say who made them',
    expected: always,
    async disprove(session) {
      session.tracer.start();
      const { metadata } = await session.snapshot();
      if (typeof metadata.host !== 'string') return 'metadata.host is missing';
      if (typeof metadata.sizeModel !== 'string') return 'metadata.sizeModel is missing';
      return difference(metadata.liveness, session.caps.frees);
    },
  },
];

function sorted(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
}

function ascending(a: number, b: number): number {
  return a - b;
}
