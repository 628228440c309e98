import { InvalidArgumentError } from 'commander';

const factors: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** More memory than before that is let pass: a part of what there was, or so many bytes. */
export type Tolerance = { readonly text: string } & (
  | { readonly part: number }
  | { readonly bytes: number }
);

/** Bytes of `64KiB`, `1.5 MB` (of 1000) or `4096`. */
export function parseSize(text: string): number {
  const bytes = bytesOf(text);
  if (bytes !== undefined) return bytes;
  throw new InvalidArgumentError('It must be a size such as 4096, 64KiB or 1.5MB.');
}

/** `2%`, or a size. */
export function parseTolerance(text: string): Tolerance {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  if (percent !== undefined) return { text, part: Number(percent) / 100 };
  const bytes = bytesOf(text);
  if (bytes !== undefined) return { text, bytes };
  throw new InvalidArgumentError('It must be a percentage such as 2%, or a size such as 64KiB.');
}

function bytesOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = factors[unit.toLowerCase()];
  if (digits === undefined || factor === undefined) return;
  const bytes = Math.round(Number(digits) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
