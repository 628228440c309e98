import { checkDomain, checkSize } from '../base/check.ts';
import type { Bytes } from '../base/units.ts';
import { formatSize } from '../python/format-size.ts';
import type { Traceback } from './traceback.ts';

/** A live block with the traceback of its allocation. Python: tracemalloc.Trace. */
export class Trace {
  /** CPython's domain number. */
  readonly domain: number;
  /** Bytes of the block. */
  readonly size: Bytes;
  /** Where it was allocated. */
  readonly traceback: Traceback;
  /** `''` = unknown. Like the label, no part of equality or text: Python knows neither. */
  readonly type: string;
  /** What the program was at, by a name of its own; `''` = none. */
  readonly label: string;

  /** @throws TypeError or RangeError when domain or size is out of bounds. */
  constructor(domain: number, size: Bytes, traceback: Traceback, type = '', label = '') {
    this.domain = checkDomain('domain', domain);
    this.size = checkSize('size', size);
    this.traceback = traceback;
    this.type = type;
    this.label = label;
  }

  /** Whether domain, size, frames and totalNframe are equal: a trace compares as a whole. */
  equals(other: Trace): boolean {
    return (
      this.domain === other.domain &&
      this.size === other.size &&
      this.traceback.totalNframe === other.traceback.totalNframe &&
      this.traceback.equals(other.traceback)
    );
  }

  /** Python's `str(trace)`. */
  toString(): string {
    return `${this.traceback}: ${formatSize(this.size)}`;
  }

  /** Python's `repr(trace)`. */
  repr(): string {
    const size = formatSize(this.size);
    return `<Trace domain=${this.domain} size=${size}, traceback=${this.traceback.repr()}>`;
  }
}
