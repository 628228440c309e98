import type { Restorer } from '../../contract/index.ts';
import { cpythonDict, cpythonTuple } from '../../python/sizes/cpython-rules.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { isConstant, onCompile, onNode } from './compiler.ts';
import { type Charge, hooksMember } from './hooks.ts';

type Node = SyntaxNode & { readonly [part: string]: unknown };

/** Generic classes whose subscription makes a `types.GenericAlias` where it stands. */
const builtinGenerics: readonly string[] = ['dict', 'frozenset', 'list', 'set', 'tuple', 'type'];

const genericAlias = 80;
const unionType = 48;

/**
 * Annotations. CPython 3.13 evaluates them with the definition: a tuple of names and values, and an
 * object for each `list[int]` and `int | None` in them. Brython does so when somebody asks, so what
 * they cost is found in the program's text. (What `typing` makes is kept by `typing`, once.)
 */
export class Annotations {
  readonly #$B: BrythonInternals;
  /** Names that mean a generic class in the file that is compiled. */
  #generics: ReadonlySet<string> = new Set(builtinGenerics);
  #arePostponed = false;

  constructor($B: BrythonInternals) {
    this.#$B = $B;
  }

  install(restorer: Restorer): void {
    const $B = this.#$B;
    onCompile($B, restorer, (_, compile) => {
      const { generics, arePostponed } = {
        generics: this.#generics,
        arePostponed: this.#arePostponed,
      };
      this.#generics = new Set(builtinGenerics);
      this.#arePostponed = false;
      try {
        return compile();
      } finally {
        this.#generics = generics;
        this.#arePostponed = arePostponed;
      }
    });
    onNode<Node>($B, restorer, 'ImportFrom', (node, write) => {
      this.#noteImports(node);
      return write();
    });
    for (const name of ['FunctionDef', 'AsyncFunctionDef']) {
      onNode<Node>($B, restorer, name, (node, write) => {
        // Before the body is written: an import in it is none of the definition's.
        const charges = this.#ofFunction(node);
        return afterFunction(write(), charges);
      });
    }
  }

  #noteImports(node: Node): void {
    const module = String(node['module']);
    const names = (node['names'] ?? []) as readonly { name?: unknown; asname?: unknown }[];
    const generics = new Set(this.#generics);
    for (const { name, asname } of names) {
      if (module === '__future__' && name === 'annotations') this.#arePostponed = true;
      const known = isText(asname) ? asname : String(name);
      const isGeneric = /^collections(?:\.abc)?$/.test(module) && name !== 'Callable';
      if (isGeneric) generics.add(known);
      else generics.delete(known);
    }
    this.#generics = generics;
  }

  #ofFunction(node: Node): Charge[] {
    const parameters = (node['args'] ?? {}) as Node;
    const charges: Charge[] = [];
    const line = node.lineno ?? 0;
    const defaults = listOf(parameters['defaults']).filter(isExpression);
    // A tuple of constants is one itself.
    if (!defaults.every((value) => isConstant(this.#$B, value))) {
      charges.push([line, 'tuple', cpythonTuple(defaults.length)]);
    }
    const named = listOf(parameters['kw_defaults']).filter(isExpression).length;
    if (named > 0) charges.push([line, 'dict', cpythonDict(named, true)]);
    const annotations = annotationsOf(node, parameters);
    const wrapper = this.#wrapperOf(node);
    if (wrapper !== undefined) {
      // It asks for all that a function has, which makes a dict of the tuple, or of nothing.
      charges.push([wrapper.lineno ?? line, 'dict', cpythonDict(annotations.length, true)]);
    } else if (
      !this.#arePostponed &&
      !annotations.every((annotation) => isConstant(this.#$B, annotation))
    ) {
      charges.push([line, 'tuple', cpythonTuple(2 * annotations.length)]);
    }
    if (!this.#arePostponed) {
      for (const annotation of annotations) this.#addValue(annotation, charges);
    }
    return charges;
  }

  /** The decorator `staticmethod` or `classmethod` that a function goes to first. */
  #wrapperOf(node: Node): Node | undefined {
    const first = listOf(node['decorator_list']).filter(isExpression).at(-1);
    if (first === undefined || !this.#is(first, 'Name')) return undefined;
    return /^(?:static|class)method$/.test(String(first['id'])) ? first : undefined;
  }

  /** What the value of an annotation consists of, as far as it is made for it. */
  #addValue(node: Node, charges: Charge[]): void {
    if (this.#is(node, 'Subscript')) this.#addAlias(node, charges);
    else if (this.#is(node, 'BinOp') && this.#is(node['op'], 'BitOr'))
      this.#addUnion(node, charges);
  }

  #addAlias(node: Node, charges: Charge[]): void {
    const { value, slice } = node as Node & { value: unknown; slice: unknown };
    const name = isNode(value) ? (value['id'] ?? value['attr']) : undefined;
    if (!isText(name) || !this.#generics.has(name) || !isNode(slice)) return;
    const parts = this.#is(slice, 'Tuple') ? listOf(slice['elts']) : [slice];
    const line = node.lineno ?? 0;
    charges.push([line, 'types.GenericAlias', genericAlias]);
    charges.push([line, 'tuple', cpythonTuple(parts.length)]);
    for (const part of parts) this.#addValue(part, charges);
  }

  #addUnion(node: Node, charges: Charge[]): void {
    const members = this.#membersOf(node);
    const line = node.lineno ?? 0;
    charges.push([line, 'types.UnionType', unionType]);
    charges.push([line, 'tuple', cpythonTuple(members.length)]);
    for (const member of members) this.#addValue(member, charges);
  }

  #membersOf(node: unknown): Node[] {
    if (!isNode(node)) return [];
    if (!this.#is(node, 'BinOp')) return [node];
    return [...this.#membersOf(node['left']), ...this.#membersOf(node['right'])];
  }

  #is(node: unknown, name: string): boolean {
    const nodeClass = this.#$B.ast[name] as unknown as (abstract new () => object) | undefined;
    return nodeClass !== undefined && node instanceof nodeClass;
  }
}

/** Charges the function that a definition makes, after it was made: the last one in its code. */
function afterFunction(js: unknown, charges: readonly Charge[]): string {
  if (typeof js !== 'string' || charges.length === 0) return js as string;
  const made = [...js.matchAll(/^([ \t]*)([\w$]+)\.ob_type = \$B\.function;?$/gm)].at(-1);
  if (made === undefined) return js;
  const end = made.index + made[0].length;
  const [, indent, name] = made;
  const call = `\n${indent}$B.${hooksMember}.charged(${name}, ${JSON.stringify(charges)})`;
  return js.slice(0, end) + call + js.slice(end);
}

function annotationsOf(node: Node, parameters: Node): Node[] {
  return [
    ...listOf(parameters['posonlyargs']),
    ...listOf(parameters['args']),
    ...listOf(parameters['vararg']),
    ...listOf(parameters['kwonlyargs']),
    ...listOf(parameters['kwarg']),
  ]
    .map((parameter) => parameter['annotation'])
    .concat(node['returns'])
    .filter(isExpression);
}

function listOf(value: unknown): Node[] {
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Where there is none, Brython may have its None. */
function isExpression(value: unknown): value is Node {
  return isNode(value) && typeof value.lineno === 'number';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
