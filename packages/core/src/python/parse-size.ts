/** KiB and its like are powers of 1024, KB and its like of 1000. */
const factors: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
};

/** How sizes may be written, for messages: `a size such as …`. */
export const sizeForms = `'512 B', '24 KiB', '1.5 MiB' or '1MB'`;

/**
 * Bytes of a size as people write it: `4096`, `64KiB`, `1.5 MB` (of 1000); a fraction of a byte is
 * dropped. `undefined` for what is no size, or above 2^53 − 1.
 */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const name = unit.toLowerCase();
  if (digits === undefined || !Object.hasOwn(factors, name)) return undefined;
  const bytes = Math.floor(Number(digits) * factors[name]!);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
