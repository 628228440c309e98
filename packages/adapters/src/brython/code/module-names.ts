import type { Restorer } from '../../contract/index.ts';
import { isTableFull } from '../../python/sizes/cpython-rules.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { kindsOfNodes, type NodeKinds, onCompile, onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';

/** Names that CPython puts into a module before its code runs: into others, and into the main one. */
export const namesAtStart = { imported: 8, main: 9 } as const;

/** Statements that code can be written after. */
const statements = [
  'AnnAssign',
  'Assign',
  'AsyncFor',
  'AsyncFunctionDef',
  'AsyncWith',
  'AugAssign',
  'ClassDef',
  'Expr',
  'For',
  'FunctionDef',
  'If',
  'Import',
  'ImportFrom',
  'Match',
  'Try',
  'TypeAlias',
  'While',
  'With',
] as const;

/** Nodes with names of their own: what is bound in them is none of the module's. */
const scopes: ReadonlySet<string> = new Set([
  'AsyncFunctionDef',
  'ClassDef',
  'DictComp',
  'FunctionDef',
  'GeneratorExp',
  'Lambda',
  'ListComp',
  'SetComp',
]);

type Members = Readonly<Record<string, unknown>>;

/** The name that makes a module's table grow: its place among the module's own, and its line. */
type Growth = { readonly names: number; readonly line: number };

/**
 * Where the tables of modules grow. CPython charges a new table to the line that binds the name
 * for which the old one had no room; nobody counts names in Brython, but the text has them in order.
 */
export class ModuleNames {
  readonly #$B: BrythonInternals;
  /** By statement. */
  readonly #growths = new WeakMap<object, Growth[]>();

  constructor($B: BrythonInternals) {
    this.#$B = $B;
  }

  install(restorer: Restorer): void {
    const $B = this.#$B;
    const kindOf = kindsOfNodes($B);
    onCompile($B, restorer, ({ filename, ast }, compile) => {
      // Texts of `exec` have a dict of the program's; the library's modules are kept compiled.
      if (!/^<|(?:^|\/)VFS\.[\w./]+$/.test(filename)) new Names(kindOf, this.#growths).read(ast);
      return compile();
    });
    for (const name of statements) {
      onNode($B, restorer, name, (node, write) => {
        const js: unknown = write();
        const growths = this.#growths.get(node);
        if (growths === undefined || typeof js !== 'string') return js as string;
        const calls = growths.map(
          ({ line, names }) => `$B.${hooksMember}.named(${line}, ${names})\n`,
        );
        return `${js}\n${calls.join('')}`;
      });
    }
  }
}

/** Finds the names that one module binds, in the order of its text. */
class Names {
  readonly #kindOf: NodeKinds;
  readonly #growths: WeakMap<object, Growth[]>;
  readonly #known = new Set<string>();
  readonly #seen = new Set<object>();

  constructor(kindOf: NodeKinds, growths: WeakMap<object, Growth[]>) {
    this.#kindOf = kindOf;
    this.#growths = growths;
  }

  read(ast: unknown): void {
    this.#visit((ast as Members | null)?.['body'], null);
  }

  #visit(node: unknown, statement: object | null): void {
    if (Array.isArray(node)) {
      for (const item of node) this.#visit(item, statement);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    // What was compiled before (`compile`, then `exec`) points back to where it came from.
    if (this.#seen.has(node)) return;
    this.#seen.add(node);
    const kind = this.#kindOf(node);
    if (kind === undefined || kind === 'Constant' || kind === 'alias') return;
    this.#growths.delete(node);
    const at = (statements as readonly string[]).includes(kind) ? node : statement;
    this.#bind(kind, node as SyntaxNode & Members, at);
    if (scopes.has(kind)) return;
    for (const value of Object.values(node)) this.#visit(value, at);
  }

  #bind(kind: string, node: SyntaxNode & Members, statement: object | null): void {
    const line = node.lineno ?? 0;
    if (kind === 'Name') {
      const { ctx, id } = node as Members;
      if (this.#kindOf(ctx as object) === 'Store') this.#add(id, line, statement);
    } else if (kind === 'Import' || kind === 'ImportFrom') {
      for (const { name, asname } of (node['names'] ?? []) as readonly Members[]) {
        const bound = typeof asname === 'string' ? asname : String(name).split('.')[0];
        this.#add(bound, line, statement);
      }
    } else this.#add(node['name'], line, statement);
  }

  #add(name: unknown, line: number, statement: object | null): void {
    // What `*` stands for is not in the text.
    if (typeof name !== 'string' || name === '*' || statement === null) return;
    if (this.#known.has(name)) return;
    this.#known.add(name);
    const names = this.#known.size;
    const fills = Object.values(namesAtStart).some((start) => isTableFull(start + names - 1));
    if (!fills || names < 2) return;
    const growths = this.#growths.get(statement);
    if (growths === undefined) this.#growths.set(statement, [{ line, names }]);
    else growths.push({ line, names });
  }
}
