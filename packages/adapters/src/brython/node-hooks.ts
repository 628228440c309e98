import type { BrythonInternals, GeneratedCode, SyntaxNode } from './host.ts';
import type { Patches } from './patches.ts';

/** Calls `hook` where Brython writes the JavaScript of a kind of node; `write` is what it did. */
export function onNode<Node extends SyntaxNode>(
  $B: BrythonInternals,
  patches: Patches,
  name: string,
  hook: (node: Node, write: () => string) => string,
): void {
  const prototype = $B.ast[name]?.prototype;
  if (prototype?.to_js === undefined) return;
  patches.replace(
    prototype,
    'to_js',
    (original) =>
      function (this: SyntaxNode, ...scopes: unknown[]) {
        return hook(this as Node, () => original?.apply(this, scopes) ?? '');
      },
  );
}

/** Calls `hook` where Brython compiles a file, or the text of `exec` or `eval`. */
export function onCompile(
  $B: BrythonInternals,
  patches: Patches,
  hook: (filename: string, compile: () => GeneratedCode) => GeneratedCode,
): void {
  patches.replace(
    $B,
    'js_from_root',
    (original) =>
      function (this: unknown, argument: unknown) {
        const { filename } = argument as { filename?: unknown };
        return hook(String(filename), () => original.call(this, argument));
      },
  );
}
