import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { onCompile, onNode } from './compiler.ts';

type ForNode = SyntaxNode & {
  readonly target?: { readonly id?: unknown };
  readonly iter?: { readonly func?: { readonly id?: unknown } };
  readonly body?: readonly { readonly lineno?: number; readonly end_lineno?: number }[];
};

/**
 * Lines on which an int comes from a loop: `for n in range(…)` makes a new int each time around,
 * which CPython charges to the line of the `for`, whoever holds it then.
 */
export class Loops {
  /** By file: what each line is the loop of. */
  readonly #files = new Map<string, Map<number, number>>();
  #current: Map<number, number> = new Map();
  #source: readonly string[] = [];

  /** By line of a file: the line of the loop whose variable stands there. */
  ofFile(file: string): ReadonlyMap<number, number> | undefined {
    const loops = this.#files.get(file);
    return loops?.size === 0 ? undefined : loops;
  }

  install($B: BrythonInternals, restorer: Restorer): void {
    onCompile($B, restorer, ({ filename }, compile) => {
      const { source, current } = { source: this.#source, current: this.#current };
      this.#source = ($B.file_cache[filename] ?? '').split('\n');
      this.#current = new Map();
      this.#files.set(filename, this.#current);
      try {
        return compile();
      } finally {
        this.#source = source;
        this.#current = current;
      }
    });
    onNode<ForNode>($B, restorer, 'For', (node, write) => {
      // Loops inside are written, and so noted, after this one.
      this.#note(node);
      return write();
    });
  }

  #note({ lineno, target, body = [] }: ForNode): void {
    if (lineno === undefined || typeof target?.id !== 'string') return;
    const name = new RegExp(`(?<![\\w.])${target.id}(?!\\w)`);
    const first = body[0]?.lineno ?? 0;
    const last = body.at(-1)?.end_lineno ?? body.at(-1)?.lineno ?? 0;
    for (let line = Math.max(first, lineno + 1); line <= last; line++) {
      if (name.test(this.#source[line - 1] ?? '')) this.#current.set(line, lineno);
    }
  }
}
