import type { Bytes } from '../base/units.ts';
import { formatSize } from '../python/format-size.ts';
import type { Traceback } from '../snapshot/traceback.ts';

/** Memory of one group of traces. Python: tracemalloc.Statistic. */
export class Statistic {
  /** The group's place: one line, one file (line 0), or a whole traceback; totalNframe `null`. */
  readonly traceback: Traceback;
  /** Bytes of the group. */
  readonly size: Bytes;
  /** Blocks of the group. */
  readonly count: number;
  /** What text shows of the group: `file:line`, or the name of a type, domain or function. */
  readonly label: string;
  /** The type that all blocks of the group have; `''` = unknown, `null` = they have several. */
  readonly type: string | null;

  constructor(
    traceback: Traceback,
    size: Bytes,
    count: number,
    label?: string,
    type: string | null = '',
  ) {
    this.traceback = traceback;
    this.size = size;
    this.count = count;
    this.label = label ?? traceback.toString();
    this.type = type;
  }

  /** Whether group, size and count are equal. */
  equals(other: Statistic): boolean {
    const same = this.size === other.size && this.count === other.count;
    return same && this.label === other.label && this.traceback.equals(other.traceback);
  }

  /** Python's `str(statistic)`. */
  toString(): string {
    const text = `${this.label}: size=${formatSize(this.size)}, count=${Math.round(this.count)}`;
    return text + average(this.size, this.count);
  }

  /** Python's `repr(statistic)`. */
  repr(): string {
    return `<Statistic traceback=${this.traceback.repr()} size=${this.size} count=${this.count}>`;
  }
}

/** The difference of one group between two snapshots. Python: tracemalloc.StatisticDiff. */
export class StatisticDiff {
  /** What the rows have in common. */
  readonly traceback: Traceback;
  /** Bytes of the group in the new snapshot; 0 when it is gone. */
  readonly size: Bytes;
  /** Bytes more than in the old snapshot. */
  readonly sizeDiff: number;
  /** Blocks in the new snapshot. */
  readonly count: number;
  /** Blocks more than in the old snapshot. */
  readonly countDiff: number;
  /** As {@link Statistic.label}. */
  readonly label: string;
  /** As {@link Statistic.type}, in the new snapshot; in the old one where the group is gone. */
  readonly type: string | null;

  constructor(
    traceback: Traceback,
    size: Bytes,
    sizeDiff: number,
    count: number,
    countDiff: number,
    label?: string,
    type: string | null = '',
  ) {
    this.traceback = traceback;
    this.size = size;
    this.sizeDiff = sizeDiff;
    this.count = count;
    this.countDiff = countDiff;
    this.label = label ?? traceback.toString();
    this.type = type;
  }

  /** Whether group, sizes, counts and their differences are equal. */
  equals(other: StatisticDiff): boolean {
    return (
      this.size === other.size &&
      this.sizeDiff === other.sizeDiff &&
      this.count === other.count &&
      this.countDiff === other.countDiff &&
      this.label === other.label &&
      this.traceback.equals(other.traceback)
    );
  }

  /** Python's `str(statistic_diff)`. */
  toString(): string {
    const size = `${formatSize(this.size)} (${formatSize(this.sizeDiff, true)})`;
    const count = `${this.count} (${signed(this.countDiff)})`;
    return `${this.label}: size=${size}, count=${count}${average(this.size, this.count)}`;
  }

  /** Python's `repr(statistic_diff)`. */
  repr(): string {
    const size = `${this.size} (${signed(this.sizeDiff)})`;
    const count = `${this.count} (${signed(this.countDiff)})`;
    return `<StatisticDiff traceback=${this.traceback.repr()} size=${size} count=${count}>`;
  }
}

function average(size: Bytes, count: number): string {
  return count === 0 ? '' : `, average=${formatSize(size / count)}`;
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}
