/**
 * Orders strings as Python does, by code point; `<` orders by UTF-16 unit, which puts astral
 * characters (units from 0xD800) before U+E000 … U+FFFF. Lone surrogates are code points of their
 * own. Cost: O(length of the common prefix).
 */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  // The strings may differ inside a pair whose lead unit they share: then the code point that
  // differs starts one unit before, and an astral one is above the lead on its own.
  const afterLead = i > 0 && isLead(a.charCodeAt(i - 1));
  const aEndsPair = afterLead && isTrail(a.charCodeAt(i));
  const bEndsPair = afterLead && isTrail(b.charCodeAt(i));
  if (aEndsPair !== bEndsPair) return aEndsPair ? 1 : -1;
  return (a.codePointAt(i) as number) - (b.codePointAt(i) as number);
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
