import { formatSize, type MemoryExcess } from '@tracemalloc/core';

/** What a guest is told that asked for too much: the limit, and the lines that have most of it. */
export function excessMessage({ limit, current, requested, lines }: MemoryExcess): string {
  const size = (bytes: number) => formatSize(bytes, false);
  const first = `${size(requested)} more were asked for, where ${size(current)} of ${size(limit)} are in use`;
  const rows = lines.map((line) => `  ${line.filename}:${line.lineno}: ${size(line.size)}`);
  return rows.length === 0 ? first : [`${first}; most of it is of`, ...rows].join('\n');
}
