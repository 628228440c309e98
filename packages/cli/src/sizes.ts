import { parseSize } from '@tracemalloc/core/python';
import { InvalidArgumentError } from 'commander';

/** More memory than before that is let pass: a part of what there was, or so many bytes. */
export type Tolerance = { readonly text: string } & (
  | { readonly part: number }
  | { readonly bytes: number }
);

/** Bytes of `64KiB`, `1.5 MB` (of 1000) or `4096`, as the value of an option. */
export function sizeOption(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw new InvalidArgumentError('It must be a size such as 4096, 64KiB or 1.5MB.');
}

/** `2%`, or a size. */
export function toleranceOption(text: string): Tolerance {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  if (percent !== undefined) return { text, part: Number(percent) / 100 };
  const bytes = parseSize(text);
  if (bytes !== undefined) return { text, bytes };
  throw new InvalidArgumentError('It must be a percentage such as 2%, or a size such as 64KiB.');
}
