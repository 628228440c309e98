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
