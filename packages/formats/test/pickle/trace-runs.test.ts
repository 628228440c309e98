import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadPickle } from '../../src/pickle/index.ts';

// Traces that are written in the usual way are read straight into columns; the same traces written
// in another way must give the same snapshot.

type Item = { domain: number; size: number; traceback: number; total: number | null };

const tracebacks = [
  [['a.py', 1]],
  [
    ['b.py', 2],
    ['a.py', 3],
  ],
  [],
  [['a.py', 1]],
  [
    ['c.py', 7],
    ['b.py', 2],
    ['b.py', 70_000],
    ['a.py', 1],
  ],
  [
    ['c.py', 7],
    ['d.py', -5],
    ['a.py', 1],
  ],
] as const;

const item = fc.record({
  domain: fc.constantFrom(0, 0, 7, 300, 70_000),
  size: fc.oneof(fc.nat(255), fc.nat(65_535), fc.nat(2 ** 31 - 1)),
  traceback: fc.nat(tracebacks.length - 1),
  total: fc.option(fc.nat(300), { freq: 6 }),
});

/** How a trace and its parts are written; the numbers choose among the ways of a part. */
type Style = { isUsual: boolean; memoizes: boolean; ways: readonly number[] };

function integer(value: number): number[] {
  if (value >= 0 && value < 256) return [0x4b, value];
  if (value >= 0 && value < 65_536) return [0x4d, value & 255, value >> 8];
  return [0x4a, value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
}

function text(value: string): number[] {
  return [0x8c, value.length, ...Buffer.from(value)];
}

/** A pickle of a snapshot, an opcode at a time. */
class Writer {
  readonly bytes: number[] = [0x80, 4];
  #memoized = 0;
  readonly #known = new Map<number, number>();

  readonly #entries = new Map<string, number>();

  memoize(way = 0): number {
    const entry = this.#memoized++;
    const long = [entry & 255, entry >> 8, 0, 0];
    if (way === 1 && entry < 256) this.bytes.push(0x71, entry);
    else if (way === 2) this.bytes.push(0x72, ...long);
    else this.bytes.push(0x94);
    return entry;
  }

  /** Writes a value in one of four ways: anew, with a memo entry for it or not, or by its entry. */
  once(value: string, way: number, write: () => void): void {
    const entry = this.#entries.get(value);
    if (entry !== undefined && way !== 3) {
      this.bytes.push(...(entry < 256 ? [0x68, entry] : [0x6a, entry & 255, entry >> 8, 0, 0]));
      return;
    }
    write();
    if (way !== 3) this.#entries.set(value, this.memoize(way));
  }

  frames(traceback: number, ways: readonly number[]): void {
    const frames = tracebacks[traceback]!;
    const isShort = frames.length <= 3 && ways[0] !== 0;
    if (!isShort) this.bytes.push(0x28);
    for (const [i, [file, line]] of frames.entries()) {
      const way = (at: number): number => ways[(i + at) % ways.length]!;
      const frame = (): void => {
        this.once(file, way(1), () => {
          this.bytes.push(...(way(3) === 0 ? [0x58, file.length, 0, 0, 0] : [0x8c, file.length]));
          this.bytes.push(...Buffer.from(file));
        });
        this.bytes.push(...integer(line), 0x86);
      };
      // A frame that is written in its own place each time, or once.
      if (way(2) === 0) frame();
      else this.once(`${file}:${line}`, way(2), frame);
    }
    const short = frames.length === 0 ? 0x29 : 0x84 + frames.length;
    this.bytes.push(isShort ? short : 0x74);
  }

  object(name: string): void {
    this.bytes.push(...text('tracemalloc'), ...text(name), 0x93, 0x29, 0x81);
  }

  trace({ domain, size, traceback, total }: Item, { isUsual, memoizes, ways }: Style): void {
    const { bytes } = this;
    bytes.push(0x28);
    if (!isUsual) bytes.push(0x4e, 0x30); // None, and away again
    bytes.push(...integer(domain), ...integer(size));
    const known = this.#known.get(traceback);
    if (known === undefined) {
      this.frames(traceback, ways);
      this.#known.set(traceback, this.memoize());
    } else bytes.push(0x68, known);
    if (total === null) bytes.push(0x4e);
    else bytes.push(...integer(total));
    bytes.push(0x74);
    if (memoizes && this.#memoized < 200) this.memoize();
  }
}

function pickled(
  items: readonly (readonly [Item, Style])[],
  endings: readonly string[],
): Uint8Array {
  const writer = new Writer();
  const { bytes } = writer;
  writer.object('Snapshot');
  bytes.push(0x7d, 0x28, ...text('traces'));
  writer.object('_Traces');
  bytes.push(0x7d, ...text('_traces'), 0x5d, 0x28);
  for (const [i, [one, style]] of items.entries()) {
    writer.trace(one, style);
    if (endings[i] === 'batch') bytes.push(0x65, 0x28);
    // Dropped and read anew from the memo, or doubled and dropped.
    if (endings[i] === 'doubled') bytes.push(0x32, 0x30);
  }
  bytes.push(0x65, 0x73, 0x62, ...text('traceback_limit'), ...integer(5), 0x75, 0x62, 0x2e);
  return Uint8Array.from(bytes);
}

const style = fc.record({
  isUsual: fc.boolean(),
  memoizes: fc.boolean(),
  ways: fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
});
const ending = fc.constantFrom('', '', '', 'batch', 'doubled');

test('traces give the same snapshot however they are written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(item, style, ending), { maxLength: 40 }), (written) => {
      const items = written.map(([one]) => one);
      const plain = pickled(
        items.map((one) => [one, { isUsual: false, memoizes: false, ways: [0] }] as const),
        [],
      );
      const mixed = pickled(
        written.map(([one, how]) => [one, how] as const),
        written.map(([, , end]) => end),
      );
      const snapshot = loadPickle(mixed);
      expect(snapshot.data).toEqual(loadPickle(plain).data);
      expect(Array.from(snapshot.traces, (trace) => [trace.domain, trace.size])).toEqual(
        items.map(({ domain, size }) => [domain, size]),
      );
      expect(snapshot.statistics('traceback').reduce((sum, { count }) => sum + count, 0)).toBe(
        items.length,
      );
    }),
    { numRuns: 200 },
  );
});

test('an error names the trace by its number, also behind many of the same kind', () => {
  const good: Item = { domain: 0, size: 1, traceback: 1, total: 2 };
  const usual = { isUsual: true, memoizes: true, ways: [0] };
  const items = Array.from({ length: 9 }, () => [good, usual] as const);
  const bad = [{ ...good, size: -5 }, usual] as const;
  expect(() => loadPickle(pickled([...items, bad], []))).toThrow(/traces\[9\]/);
});
