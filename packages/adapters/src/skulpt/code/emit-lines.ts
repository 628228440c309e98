import type { Restorer } from '../../contract/index.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt } from '../host.ts';
import { type Compiler, emit, type Loop, type Node, type Unit } from './compiler.ts';

/** What is known of a scope while it is compiled. */
type UnitLines = {
  /** The line that the emitted code has set last; 0 = not known, where blocks meet. */
  emitted: number;
  /** The line of the innermost expression or statement. */
  current: number;
  /** Whether all of an expression around here is on the line that was set. */
  steady: boolean;
  /** Lines that the loops and `with` statements around here begin at. */
  readonly loops: number[];
  readonly withs: number[];
  /** By statement around here: the temporaries that it made. */
  readonly temporaries: string[][];
};

/** Expressions that can allocate, or call what does. */
const expressions = [
  'Call',
  'List',
  'Tuple',
  'Dict',
  'Set',
  'ListComp',
  'DictComp',
  'SetComp',
  'GeneratorExp',
  'BinOp',
  'UnaryOp',
  'Subscript',
  'Attribute',
  'Lambda',
  'JoinedStr',
  'FormattedValue',
  'Compare',
  'Yield',
  'YieldFrom',
];

/**
 * Makes the compiler emit a store of the running line wherever it changes, inside of statements
 * too: one store to an Int32Array each.
 */
export function emitLines(
  Sk: Skulpt,
  compiler: Compiler,
  stack: GuestStack,
  restorer: Restorer,
): void {
  const lines = new WeakMap<Unit, UnitLines>();
  const linesOf = (unit: Unit): UnitLines => {
    let known = lines.get(unit);
    if (known === undefined) {
      known = { emitted: 0, current: 0, steady: false, loops: [], withs: [], temporaries: [] };
      lines.set(unit, known);
    }
    return known;
  };
  const setLine = (self: Compiler, line: number | undefined): void => {
    if (!line || !stack.hasFrames(self.filename)) return;
    linesOf(self.u).emitted = line;
    emit(
      self,
      `$tl[$tsp]=${stack.frameRow(self.filename, line, self.u.$tmName ?? self.u.name.v)};`,
    );
  };
  const places = new Places(Sk);
  emitExpressionLines(Sk, compiler, { linesOf, setLine, places }, restorer);
  emitHeadLines(compiler, { linesOf, setLine, places }, restorer);
  clearTemporaries(compiler, linesOf, restorer);
}

/** The lines of nodes. Skulpt parses what is in an f-string by itself, and counts lines from 1 there. */
class Places {
  readonly #inText = new WeakMap<Node, number>();
  readonly #nodes: ReadonlySet<unknown>;
  readonly #formatted: unknown;

  constructor({ astnodes }: Skulpt) {
    this.#nodes = new Set(Object.values(astnodes));
    this.#formatted = astnodes['FormattedValue'];
  }

  lineOf(node: Node): number | undefined {
    return this.#inText.get(node) ?? node.lineno;
  }

  /** Whether a node and all that is in it are on a line. */
  areOn(line: number | undefined, value: unknown): boolean {
    if (Array.isArray(value)) return value.every((item) => this.areOn(line, item));
    if (!this.#nodes.has((value as Node | null | undefined)?.constructor)) return true;
    const node = value as Node;
    const at = this.lineOf(node);
    return (at === undefined || at === line) && this.areOn(line, Object.values(node));
  }

  /** Called with a node before it is compiled, and what is in it. */
  enter(node: Node): void {
    if (node.constructor !== this.#formatted) return;
    this.#move((node as Partial<Formatted>).value, (this.lineOf(node) ?? 1) - 1);
  }

  #move(value: unknown, lines: number): void {
    if (Array.isArray(value)) {
      for (const item of value) this.#move(item, lines);
      return;
    }
    if (!this.#nodes.has((value as Node | null | undefined)?.constructor)) return;
    const node = value as Node;
    if (node.lineno !== undefined) this.#inText.set(node, node.lineno + lines);
    for (const part of Object.values(node)) this.#move(part, lines);
  }
}

type Formatted = Node & { readonly value: unknown };

type Lines = {
  readonly linesOf: LinesOf;
  readonly setLine: SetLine;
  readonly places: Places;
};

type LinesOf = (unit: Unit) => UnitLines;
type SetLine = (self: Compiler, line: number | undefined) => void;

function emitExpressionLines(
  Sk: Skulpt,
  compiler: Compiler,
  { linesOf, setLine, places }: Lines,
  restorer: Restorer,
): void {
  const kinds = new Set(expressions.map((name) => Sk.astnodes[name]).filter(Boolean));
  restorer.replace(compiler, 'annotateSource', (original) => {
    return function (this: Compiler, node: Node): void {
      original.call(this, node);
      const line = places.lineOf(node);
      const known = linesOf(this.u);
      if (known.emitted !== line) setLine(this, line);
      known.current = line ?? 0;
    };
  });
  restorer.replace(compiler, 'vexpr', (original) => {
    return function (this: Compiler, node: Node, ...rest: unknown[]): unknown {
      const known = linesOf(this.u);
      const outer = known.current;
      places.enter(node);
      const line = places.lineOf(node);
      if (line !== undefined && kinds.has(node.constructor)) {
        known.current = line;
        if (known.emitted !== line) setLine(this, line);
      }
      const { steady } = known;
      known.steady ||= known.emitted === line && places.areOn(line, node);
      const result = original.call(this, node, ...rest);
      known.steady = steady;
      known.current = outer;
      if (known.emitted !== outer) setLine(this, outer);
      return result;
    };
  });
}

/** Heads of loops are come to from below, and the ends of `with` from inside: set the line there. */
function emitHeadLines(
  compiler: Compiler,
  { linesOf, setLine, places }: Lines,
  restorer: Restorer,
): void {
  restorer.replace(compiler, 'cfor', (original) => {
    return function (this: Compiler, node: Loop): unknown {
      const line = places.lineOf(node.iter) ?? node.lineno;
      return within(linesOf(this.u).loops, line, () => original.call(this, node));
    };
  });
  restorer.replace(compiler, 'ccompgen', (original) => {
    return function (this: Compiler, type, name, generators, index, ...rest): unknown {
      const iter = generators[index]?.iter;
      return within(linesOf(this.u).loops, iter && places.lineOf(iter), () =>
        original.call(this, type, name, generators, index, ...rest),
      );
    };
  });
  restorer.replace(compiler, 'cwith', (original) => {
    return function (this: Compiler, node: Node, index: number): unknown {
      return within(linesOf(this.u).withs, node.lineno, () => original.call(this, node, index));
    };
  });
  restorer.replace(compiler, 'setBlock', (original) => {
    return function (this: Compiler, block: number): void {
      original.call(this, block);
      const known = linesOf(this.u);
      const name = this.u.blocks[block]?._name ?? '';
      const loop = known.loops.at(-1);
      const end = known.withs.at(-1);
      if (loop && (name.endsWith('for start') || name.endsWith('comp start'))) setLine(this, loop);
      else if (end && (name === 'withexh' || name === 'withtidyup')) setLine(this, end);
      else if (name !== 'function return or resume suspension' && !known.steady) known.emitted = 0;
    };
  });
}

function within<T>(lines: number[], line: number | undefined, work: () => T): T {
  lines.push(line ?? 0);
  try {
    return work();
  } finally {
    lines.pop();
  }
}

/**
 * Skulpt keeps what a statement worked with in variables until another call of the function. CPython
 * doesn't, so they are emptied where the statement ends: else `x = None` would free nothing.
 */
function clearTemporaries(compiler: Compiler, linesOf: LinesOf, restorer: Restorer): void {
  restorer.replace(compiler, '_gr', (original) => {
    return function (this: Compiler, ...args): string {
      const name = original.apply(this, args);
      linesOf(this.u).temporaries.at(-1)?.push(name);
      return name;
    };
  });
  restorer.replace(compiler, 'vstmt', (original) => {
    return function (this: Compiler, ...args): unknown {
      const { temporaries } = linesOf(this.u);
      const mine: string[] = [];
      temporaries.push(mine);
      try {
        return original.apply(this, args);
      } finally {
        temporaries.pop();
        if (mine.length > 0) emit(this, `${mine.join('=')}=$ret=undefined;`);
      }
    };
  });
}
