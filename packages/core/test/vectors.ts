import { readFileSync } from 'node:fs';

/** CPython's own answers; `test/vectors/README.md` says how they were made. */
export function readVectors<T>(name: string): T {
  const url = new URL(`../../../test/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

/** An integer of the vectors: those above 2^53 − 1 are decimal strings there. */
export type VectorInteger = number | string;

/** [domain, size, frames MOST RECENT FIRST, totalNframe], as in the vectors. */
type VectorTrace = [
  domain: number,
  size: VectorInteger,
  frames: [string, number][],
  totalNframe: number,
];

export type VectorSnapshot = {
  id: string;
  traceback_limit: number;
  traces: VectorTrace[];
  stats: Record<
    string,
    { size: VectorInteger; count: number; traceback: [string, number][]; str: string }[]
  >;
};

/** Whether all integers of it fit a JavaScript number; `huge` snapshots do not. */
export function isExact(values: readonly VectorInteger[]): boolean {
  return values.every((value) => typeof value === 'number');
}
