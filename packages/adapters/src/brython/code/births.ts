import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { isConstant, onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';
import { LoopNumbers } from './loop-numbers.ts';

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
    const js = given(node, write());
    return isFilledByRange(node) ? `${hooks}.ofRange(${js})` : js;
  });
  on('BinOp', (node, write) => {
    useUp(node['left'], node['right']);
    return born(node, write());
  });
  on('UnaryOp', (node, write) => {
    useUp(node['operand']);
    return isConstant($B, node) ? write() : born(node, write());
  });
  new LoopNumbers((node) => usedUp.has(node)).install($B, restorer);
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

/** `list(range(…))` and its like. */
function isFilledByRange(node: Expression): boolean {
  const [first] = (node['args'] ?? []) as readonly Expression[];
  return fillers.has(nameCalled(node)) && first !== undefined && nameCalled(first) === 'range';
}

const fillers: ReadonlySet<unknown> = new Set(['list', 'tuple', 'set', 'frozenset']);

function nameCalled(node: Expression): unknown {
  return (node['func'] as Expression | undefined)?.['id'];
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function classOf($B: BrythonInternals, name: string): abstract new () => object {
  return $B.ast[name] as unknown as abstract new () => object;
}
