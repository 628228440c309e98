import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, GeneratedCode, SyntaxNode } from '../host.ts';

/** Calls `hook` where Brython writes the JavaScript of a kind of node; `write` is what it did. */
export function onNode<Node extends SyntaxNode>(
  $B: BrythonInternals,
  restorer: Restorer,
  name: string,
  hook: (node: Node, write: () => string) => string,
): void {
  const prototype = $B.ast[name]?.prototype;
  if (prototype?.to_js === undefined) return;
  restorer.replace(
    prototype,
    'to_js',
    (original) =>
      function (this: SyntaxNode, ...scopes: unknown[]) {
        return hook(this as Node, () => original?.apply(this, scopes) ?? '');
      },
  );
}

/** What Brython is about to compile. */
export type Compilation = {
  readonly filename: string;
  /** The parsed program. */
  readonly ast: unknown;
};

/** Calls `hook` where Brython compiles a file, or the text of `exec` or `eval`. */
export function onCompile(
  $B: BrythonInternals,
  restorer: Restorer,
  hook: (what: Compilation, compile: () => GeneratedCode) => GeneratedCode,
): void {
  restorer.replace(
    $B,
    'js_from_root',
    (original) =>
      function (this: unknown, argument: unknown) {
        const { filename, ast } = argument as { filename?: unknown; ast?: unknown };
        return hook({ filename: String(filename), ast }, () => original.call(this, argument));
      },
  );
}

/** The name of a node's class; `undefined` for what is no node. */
export type NodeKinds = (node: object) => string | undefined;

export function kindsOfNodes($B: BrythonInternals): NodeKinds {
  const kinds = new Map<unknown, string>(
    Object.entries($B.ast).map(([name, { prototype }]) => [prototype, name]),
  );
  return (node) => kinds.get(Object.getPrototypeOf(node));
}

/** What CPython makes when it compiles; Brython has computed what is computed from numbers. */
export function isConstant($B: BrythonInternals, node: object): boolean {
  const is = (name: string): boolean =>
    node instanceof ($B.ast[name] as unknown as abstract new () => object);
  const { elts, operand } = node as { elts?: readonly object[]; operand?: object };
  if (is('Tuple')) return elts?.every((element) => isConstant($B, element)) ?? false;
  if (is('UnaryOp')) return operand !== undefined && isConstant($B, operand);
  return is('Constant');
}
