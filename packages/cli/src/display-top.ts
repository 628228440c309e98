import { Filter, type GetLine, type Snapshot } from '@tracemalloc/core';

export type TopOptions = {
  /** Lines to list. */
  readonly limit: number;
  readonly getLine: GetLine;
};

/**
 * The lines that allocated most, in the words of the `display_top` example in CPython's
 * documentation. https://docs.python.org/3/library/tracemalloc.html#pretty-top
 */
export function displayTop(snapshot: Snapshot, { limit, getLine }: TopOptions): string {
  const statistics = snapshot
    .filterTraces([
      new Filter(false, '<frozen importlib._bootstrap>'),
      new Filter(false, '<unknown>'),
    ])
    .statistics('lineno');
  const lines = [`Top ${limit} lines`];
  for (const [index, { traceback, size }] of statistics.slice(0, limit).entries()) {
    const { filename, lineno } = traceback.frames[0]!;
    lines.push(`#${index + 1}: ${filename}:${lineno}: ${kibibytes(size)}`);
    const source = getLine(filename, lineno).trim();
    if (source !== '') lines.push(`    ${source}`);
  }
  const others = statistics.slice(limit);
  if (others.length > 0) {
    lines.push(`${others.length} other: ${kibibytes(sum(others))}`);
  }
  lines.push(`Total allocated size: ${kibibytes(sum(statistics))}`);
  return `${lines.join('\n')}\n`;
}

function sum(statistics: readonly { readonly size: number }[]): number {
  return statistics.reduce((total, { size }) => total + size, 0);
}

/** C's `%.1f KiB`: a tie goes to the even digit, where `toFixed` would round it up. */
function kibibytes(size: number): string {
  let tenths = Math.floor((size * 10) / 1024);
  const rest = size * 10 - tenths * 1024;
  if (rest > 512 || (rest === 512 && tenths % 2 === 1)) tenths++;
  return `${Math.floor(tenths / 10)}.${tenths % 10} KiB`;
}
