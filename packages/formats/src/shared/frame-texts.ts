import type { SnapshotData } from '@tracemalloc/core';
import { placeAt } from '@tracemalloc/core/analysis';

/** Each frame in one text, `function (file:line)` or `file:line`. By frame row. */
export function frameTexts(data: SnapshotData): string[] {
  return Array.from({ length: data.frames.length }, (_, row) => {
    const { filename, lineno, functionName } = placeAt(data, row);
    const place = `${filename}:${lineno}`;
    return functionName === '' ? place : `${functionName} (${place})`;
  });
}
