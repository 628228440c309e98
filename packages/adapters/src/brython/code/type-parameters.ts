import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';

const hooks = `$B.${hooksMember}`;

type Definition = SyntaxNode & {
  readonly name: string;
  readonly type_params?: readonly unknown[];
};

/**
 * `class A[T]` and `def f[T]()` are made in a frame of their own in CPython, which evaluates the type
 * parameters. Brython has one for functions, by another name, and none for classes.
 */
export function installTypeParameterHook($B: BrythonInternals, restorer: Restorer): void {
  onNode<Definition>($B, restorer, 'ClassDef', (node, write) => {
    const { name, lineno } = node;
    // Inner classes were written before, and stand before this.
    const js = replaceLast(
      write(),
      `$B.$class_constructor('${name}', `,
      `${hooks}.constructed('${name}', `,
    );
    if (!hasParameters(node)) return js;
    const make = `TYPE_PARAMS_OF_${name}`;
    return replaceLast(
      js,
      ` = ${make}()\n`,
      ` = ${hooks}.ofParameters(frame, '${name}', ${lineno}, ${make})\n`,
    ).replace(
      /(__type_params__ = )\$B\.fast_tuple\(/,
      (_, to: string) => `${to}${hooks}.parameters(`,
    );
  });
  for (const name of ['FunctionDef', 'AsyncFunctionDef']) {
    onNode<Definition>($B, restorer, name, (node, write) => {
      const js = write();
      if (!hasParameters(node)) return js;
      // Inner functions were written before: what has this form yet is their outer one's.
      const frame = new RegExp(`frame = \\['[^']*type_params_${node.name}\\d+',`);
      const call = new RegExp(` = (TYPE_PARAMS_OF_${node.name}\\d+\\(\\))`);
      return js
        .replace(frame, () => `frame = ['<generic parameters of ${node.name}>',`)
        .replace(
          /( = )\$B\.empty_dict\(\)(?=,\s+locals = )/,
          (_, to: string) => `${to}${hooks}.rawDict()`,
        )
        .replace(call, (_, make: string) => ` = (frame.$lineno = ${node.lineno}, ${make})`);
    });
  }
}

function replaceLast(text: string, part: string, by: string): string {
  const at = text.lastIndexOf(part);
  return at < 0 ? text : text.slice(0, at) + by + text.slice(at + part.length);
}

function hasParameters({ type_params: parameters }: Definition): boolean {
  return parameters !== undefined && parameters.length > 0;
}
