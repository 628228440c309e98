import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { isConstant, onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';
import { LoopNumbers } from './loop-numbers.ts';
import { Uses } from './uses.ts';

const hooks = `$B.${hooksMember}`;

type Expression = SyntaxNode & {
  readonly [part: string]: unknown;
};

/**
 * Reports the strs and ints that guest code gets: what its operators and f-strings make, and what
 * functions of brython.js made for it. (These make strs for themselves too, which die unseen: only what they
 * give to the guest is born.) A value that its own expression uses up (the left
 * side of `a + b + c`, what a test compares) is dead before anything else is made: it raises the
 * peak where it is long, and that is all. An int that dies with the call that computed it is not
 * reported at all: a loop of arithmetic would take a third longer.
 */
export function installBirthHook($B: BrythonInternals, restorer: Restorer): void {
  const uses = new Uses($B);
  uses.install($B, restorer);
  const on = (name: string, hook: (node: Expression, write: () => string) => string): void =>
    onNode<Expression>($B, restorer, name, hook);
  const told = (js: unknown, hook: string): string =>
    typeof js === 'string' ? `${hooks}.${hook}(${js})` : (js as string);
  const hookOf = (node: object, used: string, local: string, any: string): string => {
    if (uses.isUsedUp(node)) return used;
    return uses.isLocal(node) ? local : any;
  };
  const born = (node: object, js: unknown): string =>
    told(js, hookOf(node, 'passed', 'localText', 'text'));
  const given = (node: object, js: unknown): string =>
    told(js, hookOf(node, 'calledAndPassed', 'calledForText', 'called'));

  on('Subscript', (node, write) =>
    node.ctx instanceof classOf($B, 'Load') ? given(node, write()) : write(),
  );
  on('Call', (node, write) => {
    const js = given(node, write());
    if (uses.isUnpacked(node)) return `${hooks}.unpacked(${js})`;
    return isFilledByRange(node) ? `${hooks}.ofRange(${js})` : js;
  });
  on('BinOp', (node, write) => {
    const js: unknown = write();
    if (!uses.isUsedUp(node) || typeof js !== 'string' || !/^\$B\.rich_op\(/.test(js))
      return born(node, js);
    return js.replace('$B.rich_op(', `${hooks}.passedOp(`);
  });
  on('UnaryOp', (node, write) => (isConstant($B, node) ? write() : born(node, write())));
  new LoopNumbers(uses.isUsedUp).install($B, restorer);
  on('JoinedStr', (node, write) => born(node, write()));
  on('AugAssign', (node, write) => {
    const js = write();
    const hook = uses.isLocal(node) ? 'augmentedLocal' : 'augmented';
    return typeof js === 'string' ? js.replace('$B.augm_assign(', `${hooks}.${hook}(`) : js;
  });
}

/** `list(range(…))` and its like. */
function isFilledByRange(node: Expression): boolean {
  const [first] = (node['args'] ?? []) as readonly Expression[];
  return fillers.has(nameCalled(node)) && first !== undefined && nameCalled(first) === 'range';
}

const fillers: ReadonlySet<unknown> = new Set(['list', 'tuple', 'set', 'frozenset']);

function nameCalled(node: Expression): unknown {
  return (node['func'] as Expression | undefined)?.['id'];
}

function classOf($B: BrythonInternals, name: string): abstract new () => object {
  return $B.ast[name] as unknown as abstract new () => object;
}
