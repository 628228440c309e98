import { compilePattern } from '../python/fnmatch.ts';
import type { HeapGraph } from './heap-graph.ts';
import { birthAt } from './path-text.ts';

/**
 * The objects that an expression names, as rows. A term is a type (`Order`, `shop.Order`, `dict*` with
 * Python's fnmatch), `FILE:LINE` or `line:FILE:LINE` for what was born there, `file:PATTERN`,
 * `type:PATTERN`, or `held-by:NAME` for what a module, variable, attribute or key of that name leads to
 * on the shortest way. Between terms, each apart by spaces: `&` both, `|` one of them, `-` not; from
 * left to right, or as parentheses say. O(objects) a term.
 *
 * @throws SyntaxError that shows what can't be understood.
 */
export function selectObjects(graph: HeapGraph, expression: string): number[] {
  const parser = new Parser(graph, expression);
  const chosen = parser.parse();
  const rows: number[] = [];
  for (let row = 0; row < chosen.length; row++) if (chosen[row] === 1) rows.push(row);
  return rows;
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '-': (a, b) => a & (1 - b),
};

/** Parentheses within parentheses: more than anybody writes. */
const maxDepth = 100;

class Parser {
  readonly #graph: HeapGraph;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(graph: HeapGraph, expression: string) {
    this.#graph = graph;
    // Parentheses may touch what they are around.
    this.#tokens = expression
      .split(/\s+/)
      .flatMap((word) =>
        word.split(/(^\(+|\)+$)/).flatMap((p) => (/^[()]+$/.test(p) ? [...p] : [p])),
      )
      .filter((token) => token !== '');
  }

  parse(): Uint8Array {
    const chosen = this.#sequence(0);
    if (this.#at < this.#tokens.length)
      throw this.#error(`nothing opens ${this.#tokens[this.#at]}`);
    return chosen;
  }

  #sequence(depth: number): Uint8Array {
    let chosen = this.#term(depth);
    for (let token = this.#tokens[this.#at]; token !== undefined && token !== ')'; ) {
      const combine = Object.hasOwn(operators, token) ? operators[token] : undefined;
      if (combine === undefined) throw this.#error(`&, | or - is missing before ${token}`);
      this.#at++;
      const other = this.#term(depth);
      chosen = chosen.map((value, row) => combine(value, other[row]!));
      token = this.#tokens[this.#at];
    }
    return chosen;
  }

  #term(depth: number): Uint8Array {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#error('a type, or FILE:LINE, is missing at its end');
    if (token === ')' || Object.hasOwn(operators, token)) {
      throw this.#error(`a type, or FILE:LINE, is missing before ${token}`);
    }
    if (token !== '(') return choose(this.#graph, token);
    if (depth === maxDepth) throw this.#error(`it nests deeper than ${maxDepth}`);
    const inner = this.#sequence(depth + 1);
    if (this.#tokens[this.#at++] !== ')') throw this.#error('a ) is missing at its end');
    return inner;
  }

  #error(why: string): SyntaxError {
    return new SyntaxError(`can't understand '${this.#tokens.join(' ')}': ${why}`);
  }
}

function choose(graph: HeapGraph, term: string): Uint8Array {
  const [, kind = '', value = term] = /^(type|line|file|held-by):(.*)$/.exec(term) ?? [];
  const { type, site } = graph.data.objects;
  if (kind === 'held-by') return heldBy(graph, value);
  const place = /^(.*):(\d+)$/.exec(value);
  if (kind === 'line' || (kind === '' && place !== null)) {
    const [, file = value, line = '0'] = place ?? [];
    return mark(
      site,
      sitesBornAt(graph, (name) => isFile(name, file), Number(line)),
    );
  }
  const matches = compilePattern(value);
  if (kind === 'file') return mark(site, sitesBornAt(graph, matches, null));
  const types = graph.data.strings.map((name) => matches(name) || matches(lastPart(name)));
  return mark(type, types);
}

function mark(rows: Int32Array, isChosen: readonly boolean[]): Uint8Array {
  return Uint8Array.from(rows, (row) => (isChosen[row] === true ? 1 : 0));
}

/** By site: whether something of it was born there; frames of libraries count when they are the newest. */
function sitesBornAt(
  { snapshot }: HeapGraph,
  isOfFile: (name: string) => boolean,
  line: number | null,
): boolean[] {
  const { sites, tracebacks, frames, strings } = snapshot;
  const isPlace = (filename: string, lineno: number) =>
    isOfFile(filename) && (line === null || line === lineno);
  return Array.from({ length: sites.length }, (_, site) => {
    const born = birthAt(snapshot, site);
    if (born !== null && isPlace(born.filename, born.lineno)) return true;
    const newest = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!];
    return newest !== undefined && isPlace(strings[frames.file[newest]!]!, frames.line[newest]!);
  });
}

function isFile(name: string, asked: string): boolean {
  return name === asked || name.endsWith(`/${asked.replace(/^\.\//, '')}`);
}

/** `pa.m.Rec` is a `Rec`, and so is `make.<locals>.Rec`. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function heldBy(graph: HeapGraph, asked: string): Uint8Array {
  const { order, via, holder } = graph.reach;
  const names = new Set([asked, `'${asked}'`]);
  const chosen = new Uint8Array(graph.length);
  for (const object of order) {
    const from = holder[object]!;
    const { name } = from < 0 ? graph.root(-1 - via[object]!) : graph.edge(via[object]!, from);
    if (names.has(String(name)) || (from >= 0 && chosen[from] === 1)) chosen[object] = 1;
  }
  return chosen;
}
