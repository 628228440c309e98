import { mergePoints, type Point, rowsOf } from './point.ts';

/** Rows that all points may have together before they are merged. */
const maxRows = 2 ** 20;

/** Pairs that are merged whenever a point comes, so that no pause is long. */
const pairsAtATime = 2;

/**
 * The points of a time line, bounded: when there are too many, or their rows are, neighbours are
 * merged in pairs, two pairs a new point, from the oldest on. Points that come meanwhile are twice
 * as long already, so that in the end all are.
 */
export class Points {
  /** A new point is 2^level times as long as the first ones. */
  level = 0;
  /** Rows of all points. */
  rows = 0;
  readonly #max: number;
  #points: Point[] = [];
  /** The next pair that is merged, and where the merging ends. */
  #at = 0;
  #end = 0;

  /** @param max at least 2. */
  constructor(max: number) {
    this.#max = max - (max % 2);
  }

  /** Where the last one ends. */
  get tick(): number {
    return this.#points.at(-1)?.to ?? 0;
  }

  get length(): number {
    return this.#points.length;
  }

  /** All points now; points are immutable. */
  list(): readonly Point[] {
    return this.#points.slice();
  }

  /** It begins where the last one ended and is 2^level ticks long. */
  add(point: Point): void {
    this.#points.push(point);
    this.rows += rowsOf(point);
    for (let pair = 0; pair < pairsAtATime && this.#at < this.#end; pair++) this.#mergePair();
    if (this.#at < this.#end) return;
    const { length } = this.#points;
    const isFull = length >= this.#max || (this.rows > maxRows && length >= 4);
    if (!isFull || length % 2 === 1) return;
    this.level++;
    this.#at = 0;
    this.#end = length;
  }

  #mergePair(): void {
    const [a, b] = [this.#points[this.#at]!, this.#points[this.#at + 1]!];
    const merged = mergePoints(a, b, (tick) => this.#startOf(tick));
    this.rows += rowsOf(merged) - rowsOf(a) - rowsOf(b);
    this.#points.splice(this.#at, 2, merged);
    this.#at++;
    this.#end--;
  }

  /** The beginning of the point that a tick lies in. */
  #startOf(tick: number): number {
    let low = 0;
    let high = this.#points.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#points[middle]!.from <= tick) low = middle;
      else high = middle - 1;
    }
    return this.#points[low]!.from;
  }
}
