import { brand } from '../base/brand.ts';
import { checkLine, checkString } from '../base/check.ts';
import { compareCodePoints } from '../python/code-points.ts';
import { pythonRepr } from '../python/python-text.ts';

/**
 * A line of the guest's source, and the function that it is in. Two frames are equal when file and
 * line are: Python knows no more of a frame. Python: tracemalloc.Frame.
 */
export class Frame {
  /** Its file. */
  readonly filename: string;
  /** 1-based; 0 = unknown. */
  readonly lineno: number;
  /** `''` = unknown. Shown in reports; no part of equality, order or text. */
  readonly functionName: string;

  static {
    brand(Frame, 'Frame');
  }

  /** @throws TypeError or RangeError when an argument is no string or no int32. */
  constructor(filename: string, lineno: number, functionName = '') {
    this.filename = checkString('filename', filename);
    this.lineno = checkLine('lineno', lineno);
    this.functionName = checkString('functionName', functionName);
  }

  /** Whether file and line are equal; the function's name does not count, as in Python. */
  equals(other: Frame): boolean {
    return this.lineno === other.lineno && this.filename === other.filename;
  }

  /** Below 0, 0 or above 0: by file name in code point order, then by line. */
  compare(other: Frame): number {
    return compareCodePoints(this.filename, other.filename) || this.lineno - other.lineno;
  }

  /** `file:line`, Python's `str(frame)`. */
  toString(): string {
    return `${this.filename}:${this.lineno}`;
  }

  /** Python's `repr(frame)`. */
  repr(): string {
    return `<Frame filename=${pythonRepr(this.filename)} lineno=${this.lineno}>`;
  }
}
