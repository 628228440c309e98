import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals } from '../host.ts';
import { kindsOfNodes, type NodeKinds, onCompile } from './compiler.ts';

type Node = { readonly [part: string]: unknown };

/** The local variables that get a value: none where its own expression uses it up, `null` = anything may hold it. */
type Flow = readonly string[] | null;

const usedUp: Flow = [];
const held: Flow = null;

/** Functions that only look at their arguments, as long as they are the builtin ones. */
const readers: ReadonlySet<unknown> = new Set([
  ...['bin', 'bool', 'chr', 'divmod', 'float', 'hash', 'hex', 'int', 'isinstance', 'len', 'oct'],
  ...['ord', 'pow', 'print', 'repr', 'str'],
]);

/** Functions that give back one of their arguments. */
const choosers: ReadonlySet<unknown> = new Set(['abs', 'max', 'min', 'round']);

/** Functions that are done with what they go over when they return. */
const consumers: ReadonlySet<unknown> = new Set([
  ...['all', 'any', 'dict', 'frozenset', 'list', 'max', 'min', 'set', 'sorted', 'sum', 'tuple'],
]);

/** Those of them that keep no item. */
const adders: ReadonlySet<unknown> = new Set(['all', 'any', 'sum']);

/** Functions whose iterators give tuples that nothing else holds. */
const pairing: ReadonlySet<unknown> = new Set(['enumerate', 'items', 'zip']);

/** Functions that show all local variables to others. */
const revealers: ReadonlySet<unknown> = new Set(['dir', 'eval', 'exec', 'locals', 'vars']);

/**
 * What becomes of the values of a program's expressions, as far as its text tells. Most ints are used
 * up by the expression that they stand in, or bound to a local variable that is only computed with,
 * compared and looked up with: nobody holds them when their function has returned.
 */
export class Uses {
  readonly #kindOf: NodeKinds;
  readonly #usedUp = new WeakSet<object>();
  readonly #local = new WeakSet<object>();
  readonly #unpacked = new WeakSet<object>();
  /** The innermost last. */
  #scopes: Locals[] = [];
  readonly #seen = new Set<object>();

  constructor($B: BrythonInternals) {
    this.#kindOf = kindsOfNodes($B);
  }

  /** Whether the value of a part of an expression dies in the expression. */
  readonly isUsedUp = (node: object): boolean => this.#usedUp.has(node);

  /** Whether the value of an expression dies with the call that it is computed in. */
  readonly isLocal = (node: object): boolean => this.#local.has(node);

  /** Whether a loop goes over the value of a call of `enumerate`, `zip` or `items`, and unpacks each item. */
  readonly isUnpacked = (node: object): boolean => this.#unpacked.has(node);

  install($B: BrythonInternals, restorer: Restorer): void {
    onCompile($B, restorer, ({ ast }, compile) => {
      this.#scopes = [];
      this.#seen.clear();
      this.#inside(new Locals(true), () => this.#value(ast, held));
      return compile();
    });
  }

  #value(node: unknown, flow: Flow): void {
    if (Array.isArray(node)) {
      for (const item of node) this.#value(item, flow);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const kind = this.#kindOf(node);
    // What `compile` made of code points back to where it came from.
    if (kind === undefined || kind === 'Constant' || this.#seen.has(node)) return;
    this.#seen.add(node);
    if (flow !== null) {
      if (flow.length === 0) this.#usedUp.add(node);
      else this.#scope.bound.push([node, flow]);
    }
    if (!this.#expression(kind, node as Node, flow) && !this.#statement(kind, node as Node)) {
      this.#parts(node);
    }
  }

  /** Of tuples, their items. */
  #spent(node: unknown): void {
    if (Array.isArray(node)) for (const item of node) this.#spent(item);
    else if (this.#is(node, 'Tuple')) {
      this.#usedUp.add(node as object);
      this.#spent((node as Node)['elts']);
    } else this.#value(node, usedUp);
  }

  /** False for what is none, or of which nothing is known. */
  #expression(kind: string, node: Node, flow: Flow): boolean {
    switch (kind) {
      case 'Name':
        this.#name(node, flow);
        return true;
      case 'NamedExpr':
        this.#value(node['value'], flow && [...flow, String((node['target'] as Node)['id'])]);
        return true;
      case 'IfExp':
        this.#value(node['test'], usedUp);
        this.#value([node['body'], node['orelse']], flow);
        return true;
      case 'BoolOp':
        this.#value(node['values'], flow);
        return true;
      case 'Call':
        this.#call(node, flow);
        return true;
      case 'DictComp':
      case 'ListComp':
      case 'SetComp':
        this.#comprehension(node, held);
        return true;
      case 'GeneratorExp':
        this.#inside(new Locals(true), () => this.#comprehension(node, held));
        return true;
      case 'Lambda':
        this.#inside(new Locals(true), () => this.#parts(node));
        return true;
      case 'Await':
      case 'Yield':
      case 'YieldFrom':
        this.#scope.isOpaque = true;
        return false;
      default:
        return this.#operation(kind, node);
    }
  }

  #operation(kind: string, node: Node): boolean {
    switch (kind) {
      case 'Attribute':
      case 'FormattedValue':
        this.#value([node['value'], node['format_spec']], usedUp);
        return true;
      case 'BinOp':
        this.#value(node['left'], usedUp);
        if (this.#is(node['op'], 'Mod')) this.#spent(node['right']);
        else this.#value(node['right'], usedUp);
        return true;
      case 'Compare':
        this.#spent([node['left'], node['comparators']]);
        return true;
      case 'JoinedStr':
        this.#value(node['values'], usedUp);
        return true;
      case 'Slice':
        this.#value([node['lower'], node['upper'], node['step']], usedUp);
        return true;
      case 'Subscript':
        this.#value(node['value'], usedUp);
        // A dict keeps the key that it gets.
        if (this.#is(node['ctx'], 'Store')) this.#value(node['slice'], held);
        else this.#spent(node['slice']);
        return true;
      case 'UnaryOp':
        this.#value(node['operand'], usedUp);
        return true;
      default:
        return false;
    }
  }

  #name(node: Node, flow: Flow): void {
    const name = String(node['id']);
    if (!this.#is(node['ctx'], 'Load')) return;
    if (revealers.has(name)) this.#scope.isOpaque = true;
    for (const scope of this.#scopes) scope.read(name, scope === this.#scope ? flow : held);
  }

  #call(node: Node, flow: Flow): void {
    const { func, args, keywords } = node as Node & { readonly args?: readonly unknown[] };
    const name = nameOf(func);
    this.#value(func, usedUp);
    let kept: Flow = held;
    if (readers.has(name)) kept = usedUp;
    else if (choosers.has(name)) kept = flow;
    for (const argument of args ?? []) {
      if (consumers.has(name) && this.#is(argument, 'GeneratorExp'))
        this.#comprehension(argument as Node, adders.has(name) ? usedUp : held);
      else this.#value(argument, kept);
    }
    this.#value(keywords, held);
  }

  /** @param item where the values that it gives go. */
  #comprehension(node: Node, item: Flow): void {
    for (const part of node['generators'] as readonly Node[]) {
      this.#iterated(part);
      this.#value(part['target'], held);
      this.#value(part['ifs'], usedUp);
    }
    this.#value([node['elt'], node['key'], node['value']], item);
  }

  /** What a loop goes over: it keeps none of the numbers that a range is made of. */
  #iterated({ iter, target }: Node): void {
    const { func, args } = (iter ?? {}) as Node;
    const isCall = this.#is(iter, 'Call');
    if (isCall && nameOf(func) === 'range') this.#value(args, usedUp);
    else this.#value(iter, held);
    const { attr } = (func ?? {}) as Node;
    if (isCall && this.#is(target, 'Tuple') && pairing.has(attr ?? nameOf(func)))
      this.#unpacked.add(iter as object);
  }

  /** False for one that says nothing of its values. */
  #statement(kind: string, node: Node): boolean {
    switch (kind) {
      case 'AnnAssign':
      case 'Assign':
        this.#assign(node['targets'] ?? [node['target']], node['value']);
        this.#value(node['annotation'], held);
        return true;
      case 'AugAssign':
        this.#value(node['value'], usedUp);
        this.#value(node['target'], held);
        if (this.#is(node['target'], 'Name'))
          this.#scope.bound.push([node, [String((node['target'] as Node)['id'])]]);
        return true;
      case 'AsyncFor':
      case 'For':
        this.#iterated(node);
        this.#value([node['target'], node['body'], node['orelse']], held);
        return true;
      case 'Expr':
        this.#value(node['value'], usedUp);
        return true;
      case 'If':
      case 'While':
        this.#value(node['test'], usedUp);
        this.#value([node['body'], node['orelse']], held);
        return true;
      case 'Global':
      case 'Nonlocal':
        for (const scope of this.#scopes)
          for (const name of node['names'] as readonly unknown[]) scope.read(String(name), held);
        return true;
      default:
        return this.#definition(kind, node);
    }
  }

  #definition(kind: string, { body, ...outside }: Node): boolean {
    const isFunction = kind === 'FunctionDef' || kind === 'AsyncFunctionDef';
    if (!isFunction && kind !== 'ClassDef') return false;
    this.#parts(outside);
    this.#inside(new Locals(kind !== 'FunctionDef'), () => this.#value(body, held));
    return true;
  }

  #assign(targets: unknown, value: unknown): void {
    const [target, ...others] = targets as readonly Node[];
    const items = (node: unknown): readonly unknown[] | undefined =>
      this.#is(node, 'Tuple') ? ((node as Node)['elts'] as readonly unknown[]) : undefined;
    const [left, right] = [items(target), items(value)];
    if (others.length === 0 && left !== undefined && left.length === right?.length) {
      for (const [i, item] of left.entries()) this.#assign([item], right[i]);
      return;
    }
    const names = (targets as readonly Node[]).map((to) =>
      this.#is(to, 'Name') ? String(to['id']) : null,
    );
    this.#value(value, names.includes(null) ? held : (names as readonly string[]));
    this.#value(targets, held);
  }

  #parts(node: object): void {
    for (const part of Object.values(node)) this.#value(part, held);
  }

  #inside(scope: Locals, work: () => void): void {
    this.#scopes.push(scope);
    work();
    this.#scopes.pop();
    for (const node of scope.ends()) {
      this.#local.add(node);
      if (this.#is(node, 'Name')) this.#usedUp.add(node);
    }
  }

  get #scope(): Locals {
    return this.#scopes.at(-1)!;
  }

  #is(node: unknown, kind: string): boolean {
    return typeof node === 'object' && node !== null && this.#kindOf(node) === kind;
  }
}

/** The local variables of a function, and what is bound to them. */
class Locals {
  /** Expressions, and the variables that get their values. */
  readonly bound: [node: object, names: readonly string[]][] = [];
  /** Whether others see the variables, or they may wait for long; or it is no function. */
  isOpaque: boolean;
  readonly #held = new Set<string>();
  /** By variable: those that get its value. */
  readonly #copies = new Map<string, Set<string>>();

  constructor(isOpaque: boolean) {
    this.isOpaque = isOpaque;
  }

  /** The value of a variable goes somewhere. */
  read(name: string, flow: Flow): void {
    if (flow === null) this.#held.add(name);
    else if (flow.length > 0) {
      const copies = this.#copies.get(name) ?? new Set();
      for (const copy of flow) copies.add(copy);
      this.#copies.set(name, copies);
    }
  }

  /** The expressions whose values end with the call of the function. */
  ends(): object[] {
    if (this.isOpaque) return [];
    for (let before = -1; before < this.#held.size; ) {
      before = this.#held.size;
      for (const [name, copies] of this.#copies) {
        if ([...copies].some((copy) => this.#held.has(copy))) this.#held.add(name);
      }
    }
    const isHeld = (name: string): boolean => this.#held.has(name);
    return this.bound.filter(([, names]) => !names.some(isHeld)).map(([node]) => node);
  }
}

function nameOf(node: unknown): unknown {
  return (node as Node | undefined)?.['id'];
}
