import { mainFile, type Report } from '../page-parts/program-page.ts';
import type { PythonError, Skulpt, Suspension } from './skulpt.ts';

type SourceOf = (filename: string) => string | undefined;
type Place = { readonly filename: string; readonly lineno: number };

/** An exception as Python prints it. */
export function describeError(error: unknown, Sk: Skulpt, sourceOf: SourceOf): Report {
  if (!(error instanceof Sk.builtin.BaseException)) {
    return { text: `Error in the page: ${String(error)}`, line: null };
  }
  const places = placesOf(error);
  const message = error.tp$str().v;
  const last = message === '' ? error.tp$name : `${error.tp$name}: ${message}`;
  const isSyntax = /^(Syntax|Indentation|Tab)Error$/.test(error.tp$name);
  const head = isSyntax ? [] : ['Traceback (most recent call last):'];
  return reportOf([...head, ...places.flatMap((place) => linesOf(place, sourceOf)), last], places);
}

/** Where a program was when it was stopped, as a traceback that ends in why. */
export function describeStop(
  { at, why }: { readonly at: Suspension | null; readonly why: string },
  sourceOf: SourceOf,
): Report {
  const places: Place[] = [];
  for (let call = at; call != null; call = call.child ?? null) {
    // The innermost link is no call: it says what is waited for.
    const { $filename: filename, $lineno: lineno } = call;
    if (filename !== undefined && lineno !== undefined) places.push({ filename, lineno });
  }
  const lines = places.flatMap((place) => linesOf(place, sourceOf));
  return reportOf(['Traceback (most recent call last):', ...lines, why], places);
}

function reportOf(lines: readonly string[], places: readonly Place[]): Report {
  const innermost = places.filter(({ filename }) => filename === mainFile).at(-1);
  return { text: `${lines.join('\n')}\n`, line: innermost?.lineno ?? null };
}

/** OLDEST FRAME FIRST; Skulpt's own order is the other one. */
function placesOf({ traceback }: PythonError): Place[] {
  // Skulpt's parser leaves a number in place of some names: it reads no file but the program.
  const nameOf = (name: unknown): string => (typeof name === 'string' ? name : mainFile);
  return traceback
    .map(({ filename, lineno }) => ({ filename: nameOf(filename), lineno }))
    .reverse();
}

function linesOf({ filename, lineno }: Place, sourceOf: SourceOf): string[] {
  const text = sourceOf(filename)?.split('\n')[lineno - 1]?.trim() ?? '';
  const head = `  File "${filename}", line ${lineno}`;
  return text === '' ? [head] : [head, `    ${text}`];
}
