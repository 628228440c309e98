import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';

/** Expressions that allocate or call: their line is put on the frame while they run. */
const expressions: readonly string[] = [
  'Attribute',
  'BinOp',
  'BoolOp',
  'Call',
  'Compare',
  'Dict',
  'DictComp',
  'GeneratorExp',
  'IfExp',
  'JoinedStr',
  'Lambda',
  'List',
  'ListComp',
  'Set',
  'SetComp',
  'Subscript',
  'Tuple',
  'UnaryOp',
];

/** Nodes for which Brython itself sets the line. */
const statements: readonly string[] = [
  'AnnAssign',
  'Assert',
  'Assign',
  'AsyncFor',
  'AsyncFunctionDef',
  'AsyncWith',
  'AugAssign',
  'ClassDef',
  'Delete',
  'ExceptHandler',
  'Expr',
  'Expression',
  'For',
  'FunctionDef',
  'If',
  'Match',
  'Module',
  'Raise',
  'Return',
  'Try',
  'TryStar',
  'While',
  'With',
];

/** A case has no place of its own in the text: its pattern has. */
type CaseNode = SyntaxNode & { readonly pattern?: SyntaxNode };

type ExpressionNode = SyntaxNode & {
  /** The name behind the dot of an attribute. */
  readonly attr?: string;
  /** What a call calls. */
  readonly func?: ExpressionNode;
};

const decorated: readonly string[] = ['AsyncFunctionDef', 'ClassDef', 'FunctionDef'];

/**
 * Makes the current line as fine as CPython's inside statements of several lines: Brython sets it
 * once a statement. Only an expression on another line than what surrounds it costs anything.
 */
export function installLineHook($B: BrythonInternals, restorer: Restorer): void {
  /** Lines of the nodes that are being written, innermost last; undefined where a node has none. */
  const lines: (number | undefined)[] = [];
  for (const name of statements)
    onNode($B, restorer, name, (node, write) => within(lines, node.lineno, write));
  onNode<CaseNode>($B, restorer, 'match_case', (node, write) => {
    const { lineno, pattern } = node;
    const line = pattern?.lineno ?? lineno;
    const js = within(lines, line, write);
    // Brython sets the line on which the case ends, which is the next one's.
    return js.replace(`($B.set_lineno(frame, ${lineno}) `, `($B.set_lineno(frame, ${line}) `);
  });
  for (const name of expressions) {
    onNode<ExpressionNode>($B, restorer, name, (node, write) => {
      const outer = lines.at(-1);
      const line = lineOf(node);
      if (isStored($B, node) || line === undefined || outer === undefined || line === outer)
        return write();
      const js = within(lines, line, write);
      return `(frame.$lineno = ${line}, $B.${hooksMember}.atLine(frame, ${outer}, ${js}))`;
    });
  }
  for (const name of decorated) {
    onNode($B, restorer, name, (node, write) =>
      withDecoratorLines(write(), node.decorator_list ?? []),
    );
  }
}

/**
 * A decorator is called at its own line. Inner definitions were written before, so that the calls
 * which still have Brython's form are this node's own, outermost first.
 */
function withDecoratorLines(js: string, decorators: readonly SyntaxNode[]): string {
  if (decorators.length === 0) return js;
  let index = 0;
  return js.replace(/\$B\.\$call\((decorator\d+), /g, (call, name: string) => {
    const line = decorators[index++]?.lineno;
    return line === undefined ? call : `$B.${hooksMember}.callDecorator(frame, ${line}, ${name}, `;
  });
}

/** Where CPython says that an expression stands: an attribute of several lines, and the call of one, at its name. */
function lineOf({ attr, func, lineno, end_lineno }: ExpressionNode): number | undefined {
  if (func?.attr !== undefined) return lineOf(func);
  return attr === undefined ? lineno : (end_lineno ?? lineno);
}

function within(
  lines: (number | undefined)[],
  line: number | undefined,
  write: () => string,
): string {
  lines.push(line);
  try {
    return write();
  } finally {
    lines.pop();
  }
}

/** Targets of assignments and deletions are no values: `(a, b) = …` must stay as it is. */
function isStored($B: BrythonInternals, node: SyntaxNode): boolean {
  const load = $B.ast['Load'] as unknown as (abstract new () => unknown) | undefined;
  return node.ctx !== undefined && load !== undefined && !(node.ctx instanceof load);
}
