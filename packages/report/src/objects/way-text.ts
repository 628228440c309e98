import type { Birth, WayStep } from '@tracemalloc/core/graph';
import { plain } from '../text/plain.ts';
import type { TextOptions } from '../text/text-options.ts';

/** `module cache → pages → dict['/a']`. */
export function pathOf(steps: readonly WayStep[]): string {
  return steps.map(({ how, repeats }) => (repeats ? `${how} (again and again)` : how)).join(' → ');
}

/** A first line, and below it where each object on the way was born. */
export function formatSteps(first: string, steps: readonly WayStep[], text: TextOptions): string {
  const types = steps.map(({ type }) => plain(type || '<unknown>'));
  const width = Math.max(...types.map(({ length }) => length));
  const lines = steps.flatMap((step, i) =>
    step.born === null ? [] : [`    ${types[i]!.padEnd(width)}  ${bornText(step.born, text)}\n`],
  );
  return `${plain(first)}\n${lines.join('')}`;
}

function bornText({ filename, lineno }: Birth, text: TextOptions): string {
  const source = text.getLine?.(filename, lineno).trim() ?? '';
  return `born at ${plain(filename)}:${lineno}${source === '' ? '' : `: ${plain(source)}`}`;
}
