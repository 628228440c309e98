import type { StringRow } from '../base/units.ts';

/**
 * What tells frames of one function from those of another beside file and name: nothing, or, where
 * the name is not known (row 0), the line. CPython's tracebacks have no functions: were all of a
 * file one group, a report by function would be one by file.
 */
export function lineOfFunction(name: StringRow, line: number): number {
  return name === 0 ? line : 0;
}
