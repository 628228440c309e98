import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { kindsOfNodes, type NodeKinds, onCompile } from './compiler.ts';

/** A function, a class body or an expression that runs in a frame of its own. */
type Scope = {
  readonly name: string;
  /** Python: `co_qualname`. */
  readonly qualifiedName: string;
  readonly first: number;
  readonly last: number;
};

type Members = Readonly<Record<string, unknown>>;

/**
 * What CPython calls the functions of programs: `Reader.run`, `make.<locals>.inner`. Brython's own
 * names lack the functions around them.
 */
export class Scopes {
  /** By file and name: outer ones before inner ones. */
  readonly #files = new Map<string, Map<string, Scope[]>>();
  #kindOf: NodeKinds = () => undefined;

  /** `null` where no such scope was seen when the file was compiled. */
  qualifiedName(file: string, name: string, line: number): string | null {
    const scopes = this.#files.get(file)?.get(name);
    if (scopes === undefined) return null;
    for (let i = scopes.length - 1; i >= 0; i--) {
      const { first, last, qualifiedName } = scopes[i]!;
      if (first <= line && line <= last) return qualifiedName;
    }
    return null;
  }

  readonly #seen = new Set<object>();

  install($B: BrythonInternals, restorer: Restorer): void {
    this.#kindOf = kindsOfNodes($B);
    onCompile($B, restorer, ({ filename, ast }, compile) => {
      const scopes = new Map<string, Scope[]>();
      this.#files.set(filename, scopes);
      this.#seen.clear();
      this.#visit(ast, '', scopes);
      this.#seen.clear();
      return compile();
    });
  }

  /** @param prefix What the names in `node` begin with. */
  #visit(node: unknown, prefix: string, scopes: Map<string, Scope[]>): void {
    if (Array.isArray(node)) {
      for (const item of node) this.#visit(item, prefix, scopes);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    // What `compile` made of code points back to where it came from.
    if (this.#seen.has(node)) return;
    this.#seen.add(node);
    const kind = this.#kindOf(node);
    if (kind === undefined || kind === 'Constant' || kind === 'Name') return;
    const name = scopeName(kind, node as Members);
    if (name === null) {
      for (const value of Object.values(node)) this.#visit(value, prefix, scopes);
      return;
    }
    const { lineno = 0, end_lineno = lineno } = node as SyntaxNode;
    const qualifiedName = prefix + name;
    const scope = { name, qualifiedName, first: lineno, last: end_lineno };
    const namesakes = scopes.get(name);
    if (namesakes === undefined) scopes.set(name, [scope]);
    else namesakes.push(scope);
    const inner = kind === 'ClassDef' ? `${qualifiedName}.` : `${qualifiedName}.<locals>.`;
    for (const [member, value] of Object.entries(node)) {
      // Decorators, defaults and bases belong to what is around.
      const isInside = member === 'body' || kind === 'GeneratorExp';
      this.#visit(value, isInside ? inner : prefix, scopes);
    }
  }
}

/** The name of the frame that a node runs in; `null` where it has none of its own. */
function scopeName(kind: string, node: Members): string | null {
  switch (kind) {
    case 'FunctionDef':
    case 'AsyncFunctionDef':
    case 'ClassDef':
      return String(node['name']);
    case 'Lambda':
      return '<lambda>';
    case 'GeneratorExp':
      return '<genexpr>';
    default:
      return null;
  }
}
