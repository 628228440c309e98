import { TracemallocError, type TracemallocErrorCode } from '@tracemalloc/core';

/** What is wrong with a Parquet file. */
export function badParquet(
  what: string,
  code: TracemallocErrorCode = 'corrupt',
  details: Readonly<Record<string, unknown>> = {},
): TracemallocError {
  return new TracemallocError(code, `the Parquet file is no table of sites: ${what}`, details);
}
