import type { Tracer } from '@tracemalloc/core';
import { labelsByLine } from './labels-by-line.ts';

/** Where the big lists of a Python program of two more lines are from, and their labels: it has `label` and a list `keep`. */
export async function labelsInPython(
  tracer: Tracer,
  run: (program: string) => unknown,
  source: string,
): Promise<string[]> {
  tracer.start(5);
  try {
    await run(`from tracemalloc_extra import label\nkeep = []\n${source}`);
    return labelsByLine(tracer, 'main.py');
  } finally {
    tracer.stop();
  }
}

/** Blocks in each other, and one that an error ends. */
export const nestedBlocks = {
  source: `def big(): return [0] * 1000
with label('outer'):
    keep.append(big())
    with label('inner'):
        keep.append([0] * 1000)
    keep.append([0] * 1000)
keep.append([0] * 1000)
try:
    with label('failing'):
        keep.append([0] * 1000)
        raise ValueError
except ValueError:
    keep.append([0] * 1000)`,
  labels: ['3: outer', '7: inner', '8: outer', '9: ', '12: failing', '15: '],
};
