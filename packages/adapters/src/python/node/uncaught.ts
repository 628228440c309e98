/** How `SystemExit` ends a program: its status, and what it prints before. */
export type Exit = { readonly code: number; readonly message: string };

/**
 * @param status the exception's number; `null` for None or nothing, `undefined` for anything else.
 * @param textOf what the guest's str() makes of anything else: it is printed, and the status is 1.
 */
export function exitWith(status: number | null | undefined, textOf: () => string): Exit {
  if (status === undefined) return { code: 1, message: `${textOf()}\n` };
  return { code: Number(status) & 0xff, message: '' };
}

/** How many equal places are printed one after another, as in CPython. */
const maxRepeats = 3;

/** Places of a traceback, each with its newline; those that endless recursion repeats are only counted. */
export function foldedPlaces(places: readonly string[]): string {
  const lines: string[] = [];
  let repeats = 0;
  for (const [i, place] of places.entries()) {
    repeats = place === places[i - 1] ? repeats + 1 : 1;
    if (repeats <= maxRepeats) lines.push(place);
    const left = repeats - maxRepeats;
    if (left > 0 && place !== places[i + 1])
      lines.push(`  [Previous line repeated ${left} more time${left > 1 ? 's' : ''}]\n`);
  }
  return lines.join('');
}
