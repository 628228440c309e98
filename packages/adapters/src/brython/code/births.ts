import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { isConstant, onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';

const hooks = `$B.${hooksMember}`;

type Expression = SyntaxNode & {
  readonly [part: string]: unknown;
};

/**
 * Reports the strs and ints that guest code gets: what its operators and f-strings make, and what
 * functions of brython.js made for it. (These make strs for themselves too, which die unseen: only what they
 * give to the guest is born.) A value that its own expression uses up (the left
 * side of `a + b + c`, what a test compares) is dead before anything else is made: it raises the
 * peak where it is long, and that is all.
 */
export function installBirthHook($B: BrythonInternals, restorer: Restorer): void {
  const usedUp = new WeakSet<object>();
  const useUp = (...nodes: unknown[]): void => {
    for (const node of nodes.flat()) if (isNode(node)) usedUp.add(node);
  };
  const on = (name: string, hook: (node: Expression, write: () => string) => string): void =>
    onNode<Expression>($B, restorer, name, hook);
  const told = (js: unknown, hook: string): string =>
    typeof js === 'string' ? `${hooks}.${hook}(${js})` : (js as string);
  const born = (node: object, js: unknown): string =>
    told(js, usedUp.has(node) ? 'passed' : 'text');
  const given = (node: object, js: unknown): string =>
    told(js, usedUp.has(node) ? 'calledAndPassed' : 'called');

  // Parents are written first, and so say of their parts what becomes of them.
  on('Compare', (node, write) => {
    useUp(node['left'], node['comparators']);
    return write();
  });
  on('FormattedValue', (node, write) => {
    useUp(node['value']);
    return write();
  });
  on('Subscript', (node, write) => {
    useUp(node['value']);
    if (node.ctx instanceof classOf($B, 'Load')) {
      const { lower, upper, step } = (node['slice'] ?? {}) as Expression;
      useUp(node['slice'], lower, upper, step);
      return given(node, write());
    }
    return write();
  });
  on('Attribute', (node, write) => {
    useUp(node['value']);
    return write();
  });
  for (const name of ['If', 'IfExp', 'While']) {
    on(name, (node, write) => {
      useUp(node['test']);
      return write();
    });
  }
  on('Expr', (node, write) => {
    useUp(node['value']);
    return write();
  });
  on('Call', (node, write) => {
    if (readers.has(String((node['func'] as Expression | undefined)?.['id']))) useUp(node['args']);
    return given(node, write());
  });
  on('BinOp', (node, write) => {
    useUp(node['left'], node['right']);
    return born(node, write());
  });
  on('UnaryOp', (node, write) => {
    useUp(node['operand']);
    return isConstant($B, node) ? write() : born(node, write());
  });
  const loops = new LoopVariables(usedUp);
  on('Name', (node, write) => {
    loops.use(node);
    return write();
  });
  on('For', (node, write) => {
    const { js, isHeld } = loops.during(node, write);
    const variable = counted(node);
    if (!isHeld || variable === null) return js;
    // The line is that of the loop, as CPython's when it makes the next number.
    return js.replace(
      /for\((?:var )?(next_\w+) of [^\n]*\n/,
      (head, next) => `${head}${hooks}.looped(${next}${variable})\n`,
    );
  });
  on('JoinedStr', (node, write) => {
    useUp(node['values']);
    return born(node, write());
  });
  on('AugAssign', (node, write) => {
    useUp(node['value']);
    const js = write();
    return typeof js === 'string' ? js.replace('$B.augm_assign(', `${hooks}.augmented(`) : js;
  });
}

/** The variables of the loops around what is written, and whether something may hold their values. */
class LoopVariables {
  readonly #usedUp: WeakSet<object>;
  readonly #open: { readonly name: unknown; isHeld: boolean }[] = [];

  constructor(usedUp: WeakSet<object>) {
    this.#usedUp = usedUp;
  }

  /** A name is read: what is not used up there may come to be held. */
  use(node: Expression): void {
    if (this.#usedUp.has(node)) return;
    for (const loop of this.#open) if (loop.name === node['id']) loop.isHeld = true;
  }

  during(loop: Expression, write: () => string): { readonly js: string; readonly isHeld: boolean } {
    const entry = { name: numberOf(loop)?.['id'], isHeld: false };
    // Its own target is written as a name, too.
    const target = numberOf(loop);
    if (target !== undefined) this.#usedUp.add(target);
    this.#open.push(entry);
    try {
      return { js: write(), isHeld: entry.isHeld };
    } finally {
      this.#open.pop();
    }
  }
}

/** The variable that a loop over `range(…)` or `enumerate(…)` gives a new number each time around. */
function numberOf(loop: Expression): Expression | undefined {
  const target = loop['target'] as Expression | undefined;
  const name = functionOf(loop);
  const variable =
    name === 'enumerate' ? (target?.['elts'] as Expression[] | undefined)?.[0] : target;
  return name === 'range' || name === 'enumerate' ? variable : undefined;
}

/** Where in the item that number is, as JavaScript; `null` where there is none. */
function counted(loop: Expression): string | null {
  if (typeof numberOf(loop)?.['id'] !== 'string') return null;
  return functionOf(loop) === 'enumerate' ? '[0]' : '';
}

function functionOf(loop: Expression): unknown {
  const call = loop['iter'] as Expression | undefined;
  return (call?.['func'] as Expression | undefined)?.['id'];
}

/** Functions that only look at their arguments, as long as they are the builtin ones. */
const readers: ReadonlySet<string> = new Set([
  'print',
  'len',
  'ord',
  'int',
  'float',
  'hash',
  'bool',
]);

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function classOf($B: BrythonInternals, name: string): abstract new () => object {
  return $B.ast[name] as unknown as abstract new () => object;
}
