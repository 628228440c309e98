import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';

type Node = SyntaxNode & { readonly [part: string]: unknown };

/** A loop whose code is being written: what its numbers are called, and whether something may hold them. */
type OpenLoop = {
  readonly name: unknown;
  /** Where the number is in what the iterator gives, as JavaScript. */
  readonly place: string;
  isHeld: boolean;
};

/**
 * Reports the ints that loops over `range` and `enumerate` give, at the line of the loop. What the
 * body only computes with, compares or looks up with is dead the next time around: such loops cost
 * nothing.
 */
export class LoopNumbers {
  readonly #isUsedUp: (node: object) => boolean;
  readonly #open: OpenLoop[] = [];
  /** By `for` of a comprehension: the number that Brython gave it in its code. */
  readonly #ids = new WeakMap<object, string>();

  /** @param isUsedUp whether the value of a part of an expression dies in the expression. */
  constructor(isUsedUp: (node: object) => boolean) {
    this.#isUsedUp = isUsedUp;
  }

  install($B: BrythonInternals, restorer: Restorer): void {
    const load = $B.ast['Load'] as unknown as abstract new () => object;
    onNode<Node>($B, restorer, 'Name', (node, write) => {
      if (node.ctx instanceof load && !this.#isUsedUp(node)) this.#hold(node['id']);
      return write();
    });
    onNode<Node>($B, restorer, 'For', (node, write) => this.#statement(node, write));
    onNode<Node>($B, restorer, 'comprehension', (node, write) => {
      const js = write();
      this.#ids.set(node, idOf(js));
      return js;
    });
    for (const name of ['DictComp', 'GeneratorExp', 'ListComp', 'SetComp']) {
      onNode<Node>($B, restorer, name, (node, write) => this.#comprehension(node, write));
    }
  }

  /** The value of a variable is read where something may come to hold it. */
  #hold(name: unknown): void {
    for (const loop of this.#open) if (loop.name === name) loop.isHeld = true;
  }

  #statement(node: Node, write: () => string): string {
    const loop = openLoop(node, functionOf(node['iter']) === 'enumerate');
    const js = this.#during([loop], write);
    if (!loop?.isHeld) return js;
    // What it goes over is known when it runs: a range may come from elsewhere.
    return js.replace(/for\((?:var )?next_(\w+) of [^\n]*\n/, (head, id) =>
      loop.place === ''
        ? `${head}${told(`next_${id}, iterator_${id}`)}`
        : `${head}${told(`next_${id}${loop.place}`)}`,
    );
  }

  #comprehension(node: Node, write: () => string): string {
    const parts = node['generators'] as readonly Node[];
    const loops = parts.map((part) => {
      const name = functionOf(part['iter']);
      return name === 'range' || name === 'enumerate' ? openLoop(part, name === 'enumerate') : null;
    });
    let js = this.#during(loops, write);
    for (const [i, loop] of loops.entries()) {
      if (!loop?.isHeld) continue;
      const id = i === 0 ? idOf(js) : this.#ids.get(parts[i]!);
      // A generator expression takes its frame up again in the line after it.
      const head = new RegExp(
        `for \\(var next_${id} of next_func_${id}\\) \\{\\n(?:[^\\n]*\\$B\\.enter_frame\\([^\\n]*\\n)?`,
      );
      js = js.replace(head, (text) => `${text}${told(`next_${id}${loop.place}`)}`);
    }
    return js;
  }

  #during(loops: readonly (OpenLoop | null)[], write: () => string): string {
    const before = this.#open.length;
    for (const loop of loops) if (loop !== null) this.#open.push(loop);
    try {
      return write();
    } finally {
      this.#open.length = before;
    }
  }
}

function told(value: string): string {
  return `$B.${hooksMember}.looped(${value})\n`;
}

/** `null` where no variable takes the number. */
function openLoop(node: Node, isEnumerate: boolean): OpenLoop | null {
  const target = node['target'] as Node | undefined;
  const variable = isEnumerate ? (target?.['elts'] as readonly Node[] | undefined)?.[0] : target;
  const name = variable?.['id'];
  return typeof name === 'string' ? { name, place: isEnumerate ? '[0]' : '', isHeld: false } : null;
}

function functionOf(node: unknown): unknown {
  const { func } = (node ?? {}) as { readonly func?: { readonly id?: unknown } };
  return func?.id;
}

/** The number of the outermost loop in the code of a comprehension. */
function idOf(js: string): string {
  return /var next_func_(\w+) = \$B\.make_js_iterator\(/.exec(js)?.[1] ?? '';
}
