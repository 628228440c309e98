/** Of a program that a traceback names lines of: Python's name for what runs there. */
const module = '<module>';

type Scope = {
  /** Of the `def` or `class` line. */
  readonly indent: number;
  readonly isFunction: boolean;
  readonly qualifiedName: string;
};

/**
 * By line, from 1, the qualified name of the function whose code it is, by its `def`: what CPython calls it, but that lambdas
 * and comprehensions belong to what they stand in. Headers and decorators run in the scope around them.
 *
 * Cost: O(length of the source).
 */
export function enclosingFunctions(source: string): readonly string[] {
  const lines = source.split(/\r\n|\r|\n/);
  const names: string[] = [module];
  const scopes: Scope[] = [];
  const nameHere = (): string => scopes.at(-1)?.qualifiedName ?? module;
  for (let line = 0; line < lines.length; ) {
    const { end, ending } = logicalLine(lines, line);
    const text = lines[line]!;
    const isCode = /^[ \t\f]*[^ \t\f#]/.test(text);
    const indent = isCode ? indentOf(text) : Number.POSITIVE_INFINITY;
    while (scopes.length > 0 && indent <= scopes.at(-1)!.indent) scopes.pop();
    const [, kind, name] = /^[ \t\f]*(?:async[ \t]+)?(def|class)[ \t]+([^\s:([]+)/.exec(text) ?? [];
    const outside = nameHere();
    if (kind !== undefined && name !== undefined) {
      scopes.push({ indent, isFunction: kind === 'def', qualifiedName: qualified(scopes, name) });
    }
    // Of `def f(): return 1`, the body has more to allocate than the header.
    const isHeader = kind !== undefined && ending === ':';
    for (; line < end; line++) names.push(isHeader ? outside : nameHere());
  }
  return names;
}

function qualified(scopes: readonly Scope[], name: string): string {
  const around = scopes.at(-1);
  if (around === undefined) return name;
  return `${around.qualifiedName}${around.isFunction ? '.<locals>' : ''}.${name}`;
}

function indentOf(text: string): number {
  let column = 0;
  for (const character of text) {
    if (character === ' ') column++;
    else if (character === '\t') column += 8 - (column % 8);
    else if (character === '\f') column = 0;
    else break;
  }
  return column;
}

/** What tells where a string, a comment or a bracket begins, or that a line goes on. */
const token = /"""|'''|["'#()[\]{}\\]|:|[^\s"'#()[\]{}\\:]+/g;

/** Where a logical line that begins at `start` ends, and its last character that is code. */
function logicalLine(lines: readonly string[], start: number): { end: number; ending: string } {
  const state: LineState = { depth: 0, quote: '', ending: '', goesOn: false };
  for (let line = start; line < lines.length; line++) {
    readLine(lines[line]!, state);
    if (!state.goesOn && state.depth === 0 && state.quote === '') {
      return { end: line + 1, ending: state.ending };
    }
  }
  return { end: lines.length, ending: state.ending };
}

type LineState = {
  /** Brackets that are open. */
  depth: number;
  /** The quote of a string that is open. */
  quote: string;
  ending: string;
  /** Whether the line says with its last backslash that it goes on. */
  goesOn: boolean;
};

function readLine(text: string, state: LineState): void {
  state.goesOn = false;
  let at = 0;
  while (at < text.length) {
    if (state.quote !== '') {
      at = readString(text, at, state);
      continue;
    }
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null || found[0] === '#') return;
    const [word] = found;
    at = found.index + word.length;
    if (word === '\\') state.goesOn = at === text.length;
    else readWord(word, state);
  }
}

function readWord(word: string, state: LineState): void {
  state.ending = word;
  if (/^["']/.test(word)) state.quote = word;
  else if ('([{'.includes(word)) state.depth++;
  else if (')]}'.includes(word)) state.depth = Math.max(0, state.depth - 1);
}

/** Goes on behind the string; one of one line ends with it, whatever it lacks. */
function readString(text: string, from: number, state: LineState): number {
  const close = closingQuote(text, from, state.quote);
  if (close >= 0) {
    const behind = close + state.quote.length;
    state.quote = '';
    return behind;
  }
  state.goesOn = text.endsWith('\\');
  if (state.quote.length === 1 && !state.goesOn) state.quote = '';
  return text.length;
}

/** Where a string ends that goes on at `from`; −1 = not in this line. A backslash takes what follows it. */
function closingQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(quote, at)) return at;
  }
  return -1;
}
