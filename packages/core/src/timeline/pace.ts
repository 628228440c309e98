import type { Bytes } from '../base/units.ts';
import type { Every } from './every.ts';

/** Most events between two looks at the clock. */
const maxStride = 1024;

const nextCell = 0;
const lookCell = 1;
const timeCell = 2;
const beginCell = 3;
/** What the clock showed at the last look, to learn how long a stride takes. */
const lastLookCell = 4;

/** When a point is over: after so much time, allocated bytes or events. */
export class Pace {
  readonly #every: Every;
  readonly #clock: (() => number) | null;
  /** Numbers that may be doubles. */
  readonly #cells = new Float64Array(5);
  /** Events between two looks at the clock, so that there are some eight in a point. */
  #stride = 1;

  constructor(every: Every, clock: (() => number) | null) {
    this.#every = every;
    this.#clock = clock;
  }

  get hasClock(): boolean {
    return this.#clock !== null;
  }

  begin(): void {
    this.#cells.fill(0);
    this.#cells[beginCell] = this.#read();
    this.#cells[timeCell] = 0;
    this.next(0, 0, 0);
  }

  /** Milliseconds since the beginning; never falling, whatever the clock does. 0 without a clock. */
  now(): number {
    const cells = this.#cells;
    const time = this.#read() - cells[beginCell]!;
    if (time > cells[timeCell]!) cells[timeCell] = time;
    return cells[timeCell]!;
  }

  /** Whether the point is over. Hot. */
  isOver(events: number, allocated: Bytes): boolean {
    const cells = this.#cells;
    if (this.#every.unit === 'bytes') return allocated >= cells[nextCell]!;
    if (this.#every.unit === 'events') return events >= cells[nextCell]!;
    return events >= cells[lookCell]! && this.#isTimeOver(events);
  }

  /** A point begins that is 2^level times as long as the first ones. */
  next(level: number, events: number, allocated: Bytes): void {
    const { unit, amount } = this.#every;
    const from = { ms: this.#cells[timeCell]!, bytes: allocated, events }[unit];
    this.#cells[nextCell] = from + amount * 2 ** level;
  }

  #isTimeOver(events: number): boolean {
    const cells = this.#cells;
    const time = this.now();
    if (time - cells[lastLookCell]! > this.#every.amount / 8)
      this.#stride = Math.max(1, this.#stride >> 1);
    else this.#stride = Math.min(maxStride, this.#stride * 2);
    cells[lastLookCell] = time;
    cells[lookCell] = events + this.#stride;
    return time >= cells[nextCell]!;
  }

  /** A clock that fails stands still. */
  #read(): number {
    try {
      const time = this.#clock?.() ?? 0;
      return Number.isFinite(time) ? time : 0;
    } catch {
      return 0;
    }
  }
}
