import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals, SyntaxNode } from '../host.ts';
import { isConstant, onCompile, onNode } from './compiler.ts';
import { hooksMember } from './hooks.ts';

type ConstantNode = SyntaxNode & { readonly value?: unknown };
type NamingNode = SyntaxNode & {
  readonly name?: unknown;
  readonly keywords?: readonly { readonly arg?: unknown }[];
};
type UnaryNode = SyntaxNode & { readonly op?: object; readonly operand?: ConstantNode };

/**
 * The literals of guest code. CPython makes them when it compiles: evaluating `1.5`, `b'x'` or
 * `(1, 2)` allocates nothing there, and a str or int literal is not charged to who holds it.
 */
export class Literals {
  readonly #$B: BrythonInternals;
  readonly #suspend: <T>(work: () => T) => T;
  readonly #constants: unknown[];
  readonly #primitives = new Set<unknown>();
  readonly #floats = new Map<number, string>();
  /** Whether the module that is compiled now may be kept for another process or page. */
  #isLibrary = false;

  /** @param constants where compiled code finds its objects; code keeps numbers into it. */
  constructor($B: BrythonInternals, constants: unknown[], suspend: <T>(work: () => T) => T) {
    this.#$B = $B;
    this.#constants = constants;
    this.#suspend = suspend;
  }

  /** Whether a str or int stands in the program's text. */
  readonly has = (value: unknown): boolean => this.#primitives.has(value);

  install(restorer: Restorer): void {
    const $B = this.#$B;
    onCompile($B, restorer, ({ filename }, compile) => this.#compile(filename, compile));
    onNode<ConstantNode>($B, restorer, 'Constant', (node, write) => this.#constant(node, write()));
    for (const name of ['AsyncFunctionDef', 'Call', 'ClassDef', 'FunctionDef']) {
      onNode<NamingNode>($B, restorer, name, (node, write) => {
        this.#names(node);
        return write();
      });
    }
    onNode<UnaryNode>($B, restorer, 'UnaryOp', (node, write) => this.#negative(node) ?? write());
    onNode<SyntaxNode>($B, restorer, 'Tuple', (node, write) => {
      const js = write();
      return isConstant($B, node)
        ? js.replace(/^\$B\.fast_tuple\(/, `$B.${hooksMember}.rawTuple(`)
        : js;
    });
  }

  /**
   * What is compiled of library modules is kept, by the page's IndexedDB or in files. It must not
   * speak of objects of this interpreter, nor may sizes depend on who compiled it.
   */
  #compile<T>(filename: string, work: () => T): T {
    const outer = this.#isLibrary;
    this.#isLibrary = /(^|\/)VFS\.[\w./]+$/.test(filename);
    try {
      return work();
    } finally {
      this.#isLibrary = outer;
    }
  }

  /** Names in the program's text are strs that CPython makes when it compiles, too. */
  #names(node: NamingNode): void {
    if (this.#isLibrary) return;
    if (typeof node.name === 'string') this.#primitives.add(node.name);
    for (const { arg } of node.keywords ?? []) {
      if (typeof arg === 'string') this.#primitives.add(arg);
    }
  }

  /** `-3` is a constant as well. Its code, where Brython would make an object each time. */
  #negative({ op, operand }: UnaryNode): string | undefined {
    const minus = this.#$B.ast['USub'] as unknown as abstract new () => object;
    if (this.#isLibrary || !(op instanceof minus)) return undefined;
    const value = operand?.value;
    if (typeof value === 'number' || typeof value === 'bigint') this.#primitives.add(-value);
    const { value: float } = (value ?? {}) as { readonly value?: unknown };
    if (typeof float === 'number') return this.#float(-float);
    return undefined;
  }

  /** The node's code; anything but a str where Brython gives a number. */
  #constant(node: ConstantNode, js: unknown): string {
    const { value } = node;
    if (this.#isLibrary) return js as string;
    if (isComputedInCpython(node)) return this.#computed(value) ?? (js as string);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
      this.#primitives.add(value);
      return js as string;
    }
    if (typeof js !== 'string') return js as string;
    if (js.startsWith('(new $B.Float('))
      return this.#float((value as { value?: unknown }).value) ?? js;
    return js.startsWith('_b_.bytes.$factory(') ? this.#add(value) : js;
  }

  #float(number: unknown): string | undefined {
    if (typeof number !== 'number' || Object.is(number, -0)) return undefined;
    let js = this.#floats.get(number);
    if (js === undefined) {
      const Float = this.#$B['Float'] as new (value: number) => object;
      js = this.#add(this.#suspend(() => new Float(number)));
      this.#floats.set(number, js);
    }
    return js;
  }

  /** A new object each time, without the text of all its items in the generated code. */
  #computed(value: unknown): string | undefined {
    if (typeof value === 'string') return undefined;
    return `$B.${hooksMember}.newBytes(${this.#constants.push(value) - 1})`;
  }

  #add(constant: unknown): string {
    return `$B.${hooksMember}.constants[${this.#constants.push(constant) - 1}]`;
  }
}

/** Items of the largest str or bytes that CPython computes when it compiles. */
const foldingLimit = 4096;

/**
 * Whether a constant is the value of an expression that CPython leaves to the program: Brython
 * computes `b'+' * 5000` when it compiles, and gives the constant no place in the text.
 */
function isComputedInCpython({ lineno, value }: ConstantNode): boolean {
  if (lineno !== undefined) return false;
  if (typeof value === 'string') return value.length > foldingLimit;
  const { source } = (value ?? {}) as { readonly source?: { readonly length: number } };
  return source !== undefined && source.length > foldingLimit;
}
