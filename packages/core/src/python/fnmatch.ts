import { checkString, describe } from '../base/check.ts';

/** Which file system's rules a pattern follows. Never guessed from the host. */
export type PathFlavor = 'posix' | 'windows';

export function checkPathFlavor(value: unknown): PathFlavor {
  if (value === 'posix' || value === 'windows') return value;
  throw new RangeError(`pathFlavor must be 'posix' or 'windows', got ${describe(value)}`);
}

/** A compiled pattern. */
export type Matcher = (name: string) => boolean;

/**
 * Whether `name` as a whole matches the shell-style `pattern`, as Python decides it: `*`, `?`
 * (one code point), `[seq]`, `[!seq]`; all of them match `/` and newlines too; there is no escape
 * character and no brace. With `'windows'`, both sides are normalised first (`/` to `\`, lower
 * case by `toLowerCase()`). Cost: O(name · pattern) at worst; it does not backtrack exponentially.
 *
 * @throws TypeError when an argument is not a string.
 * Python: fnmatch.fnmatch(name, pat) of 3.10 and later;
 * https://github.com/python/cpython/blob/3.13/Lib/fnmatch.py
 */
export function fnmatch(name: string, pattern: string, pathFlavor: PathFlavor = 'posix'): boolean {
  checkString('name', name);
  checkString('pattern', pattern);
  checkPathFlavor(pathFlavor);
  return compilePattern(normalizeCase(pattern, pathFlavor))(normalizeCase(name, pathFlavor));
}

/** Python: os.path.normcase. */
function normalizeCase(path: string, pathFlavor: PathFlavor): string {
  return pathFlavor === 'windows' ? path.replaceAll('/', '\\').toLowerCase() : path;
}

/**
 * A file name as filters see it: normalised case, and `.pyc` named after its source.
 * Python: tracemalloc._normalize_filename.
 */
export function normalizeFilename(path: string, pathFlavor: PathFlavor): string {
  const normalized = normalizeCase(path, pathFlavor);
  return normalized.endsWith('.pyc') ? normalized.slice(0, -1) : normalized;
}

/** Inclusive code point ranges, flat: low, high, low, high, … */
type CharacterSet = { readonly negated: boolean; readonly ranges: readonly number[] };

const anyRun = 0;
const anyOne = 1;
/** A step of a pattern: `*`, `?`, a set, or a literal code point. */
type Step = typeof anyRun | typeof anyOne | CharacterSet | { readonly literal: number };

/** Compiles a pattern whose case is normalised already. */
export function compilePattern(pattern: string): Matcher {
  const literal = /[*?[]/.test(pattern) ? null : pattern;
  if (literal !== null) return (name) => name === literal;
  const steps = parse(Array.from(pattern));
  return (name) => matchSteps(steps, name);
}

function parse(pattern: readonly string[]): Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at++]!;
    if (character === '*') {
      if (steps.at(-1) !== anyRun) steps.push(anyRun);
    } else if (character === '?') {
      steps.push(anyOne);
    } else if (character === '[') {
      const end = endOfSet(pattern, at);
      if (end < 0) {
        steps.push({ literal: codePoint(character) });
      } else {
        steps.push(parseSet(pattern.slice(at, end)));
        at = end + 1;
      }
    } else {
      steps.push({ literal: codePoint(character) });
    }
  }
  return steps;
}

function codePoint(character: string): number {
  return character.codePointAt(0) as number;
}

/** The index of the `]` that closes a set opened before `start`; −1 = the `[` is a plain character. */
function endOfSet(pattern: readonly string[], start: number): number {
  let at = start;
  if (pattern[at] === '!') at++;
  if (pattern[at] === ']') at++; // A `]` in first place is a member, not the end.
  return pattern.indexOf(']', at);
}

function parseSet(inside: readonly string[]): CharacterSet {
  const chunks = splitAtHyphens(inside);
  // Asked after backward ranges are gone: Python takes `[y-x!]` for `[!]`, any character.
  const negated = chunks[0]![0] === '!';
  if (negated) chunks[0]!.shift();
  const ranges: number[] = [];
  for (const [index, chunk] of chunks.entries()) {
    // The last character of a chunk and the first of the next are the ends of a range; a chunk's
    // other characters stand for themselves.
    const from = index === 0 ? 0 : 1;
    const to = index === chunks.length - 1 ? chunk.length : chunk.length - 1;
    for (let i = from; i < to; i++) ranges.push(codePoint(chunk[i]!), codePoint(chunk[i]!));
    const next = chunks[index + 1];
    if (next) ranges.push(codePoint(chunk.at(-1)!), codePoint(next[0]!));
  }
  return { negated, ranges };
}

/**
 * Splits at the hyphens that make ranges. A hyphen in first or last place, or right after a range,
 * makes none. Ranges that run backwards are dropped with both their ends, as Python does.
 */
function splitAtHyphens(inside: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let start = 0;
  let hyphen = inside.indexOf('-', inside[0] === '!' ? 2 : 1);
  while (hyphen >= 0) {
    chunks.push(inside.slice(start, hyphen));
    start = hyphen + 1;
    hyphen = inside.indexOf('-', hyphen + 3);
  }
  const rest = inside.slice(start);
  if (rest.length > 0 || chunks.length === 0) chunks.push(rest);
  else chunks.at(-1)!.push('-');
  for (let i = chunks.length - 1; i > 0; i--) {
    const before = chunks[i - 1]!;
    const after = chunks[i]!;
    if (codePoint(before.at(-1)!) <= codePoint(after[0]!)) continue;
    chunks.splice(i - 1, 2, [...before.slice(0, -1), ...after.slice(1)]);
  }
  return chunks;
}

/** Two pointers: on a mismatch the last `*` takes one character more, so no state is stacked. */
function matchSteps(steps: readonly Step[], name: string): boolean {
  let step = 0;
  let at = 0;
  let starStep = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = steps[step];
    if (current === anyRun) {
      starStep = step++;
      starAt = at;
      continue;
    }
    const point = name.codePointAt(at) as number;
    if (current !== undefined && accepts(current, point)) {
      step++;
      at += point > 0xffff ? 2 : 1;
    } else if (starStep >= 0) {
      starAt += (name.codePointAt(starAt) as number) > 0xffff ? 2 : 1;
      at = starAt;
      step = starStep + 1;
    } else {
      return false;
    }
  }
  while (steps[step] === anyRun) step++;
  return step === steps.length;
}

function accepts(step: Step, point: number): boolean {
  if (step === anyOne) return true;
  if (typeof step === 'number') return false;
  if ('literal' in step) return step.literal === point;
  const { ranges, negated } = step;
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! <= point && point <= ranges[i + 1]!) return !negated;
  }
  return negated;
}
