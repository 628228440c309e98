import { TracemallocError } from '@tracemalloc/core';
import {
  type AnyNode,
  type AssignmentExpression,
  type CallExpression,
  type ObjectExpression,
  type Program,
  parse,
  type ReturnStatement,
} from 'acorn';
import { fullAncestor } from 'acorn-walk';
import MagicString from 'magic-string';
import { instrumenterVersion, isKnownBrython, knownBrythons } from '../versions.ts';
import { hooksMember, hooksSource, hooksVariable } from './hooks.ts';
import {
  copies,
  growthRules,
  hostMakers,
  intMakers,
  pairMakers,
  rawCalls,
  rawFunctions,
  textAskers,
  textListMakers,
  textMakers,
  textSplitters,
} from './instrument-rules.ts';

/** Kinds of edits: what became of a place where Brython makes an object. */
export type SiteKind = 'literal' | 'stamp' | 'dict' | 'raw' | 'cell' | 'growth' | 'split' | 'birth';

/** What {@link instrumentBrython} makes of a brython.js. */
export type Instrumented = {
  /** The whole source, instrumented. Must run as a classic script, like the original. */
  readonly code: string;
  /** Number of edits by kind. */
  readonly sites: Readonly<Record<SiteKind, number>>;
  /** Brython's own version: `3.14.3`. */
  readonly version: string;
};

/**
 * Writes calls of the hooks into the source of brython.js (or brython.min.js): one wherever a guest
 * object gets its class, which Brython does in three forms only: `{ob_type: C, …}`,
 * `o.ob_type = C` and `o[$B.OB_TYPE] = C`. Without an adapter the result behaves as the original.
 * Cost: about a second; keep the result by content hash.
 *
 * @throws TracemallocError `unsupported-version` for a Brython that was not verified;
 *   `unsupported-host` for a source that is no brython.js, or one that is instrumented already.
 */
export function instrumentBrython(source: string): Instrumented {
  const ast = parseSource(source);
  const version = versionOf(ast);
  if (!isKnownBrython(version)) {
    throw new TracemallocError(
      'unsupported-version',
      `cannot instrument Brython ${version}: known are ${knownBrythons.join(', ')}; load it unchanged and attach by runtime wrapping instead`,
      { found: version, supported: knownBrythons },
    );
  }
  return new Instrumenter(source, ast, version).run();
}

class Instrumenter {
  readonly #source: string;
  readonly #ast: Program;
  readonly #version: string;
  readonly #edits: MagicString;
  readonly #sites: Record<SiteKind, number> = {
    literal: 0,
    stamp: 0,
    dict: 0,
    raw: 0,
    cell: 0,
    growth: 0,
    split: 0,
    birth: 0,
  };

  constructor(source: string, ast: Program, version: string) {
    this.#source = source;
    this.#ast = ast;
    this.#version = version;
    this.#edits = new MagicString(source);
  }

  run(): Instrumented {
    fullAncestor(this.#ast, (node, _state, ancestors) => {
      if (node.type === 'ObjectExpression') this.#object(node, ancestors);
      else if (node.type === 'AssignmentExpression') this.#assignment(node, ancestors);
      else if (node.type === 'CallExpression') this.#call(node, ancestors);
      else if (node.type === 'ReturnStatement') this.#births(node, ancestors);
      this.#growth(node, ancestors);
    });
    this.#prelude();
    return { code: this.#edits.toString(), sites: this.#sites, version: this.#version };
  }

  /** `{ob_type: C, …}` becomes `$TM.object({…})`; frame cells get room for our cache. */
  #object(node: ObjectExpression, ancestors: readonly AnyNode[]): void {
    if (isFrameCell(node)) {
      this.#edits.appendLeft(node.end - 1, `,${hooksMember}:null`);
      this.#sites.cell++;
      return;
    }
    const value = propertyValue(node, 'ob_type');
    if (value === null || isBookkeepingClass(this.#text(value))) return;
    if (functionDepth(ancestors) <= 1) return; // Brython's own singletons, made once at load
    if (ancestors.some((ancestor) => hostMakers.has(this.#nameOf(ancestor)))) return;
    this.#wrap(node, `${hooksVariable}.object(`);
    this.#sites.literal++;
  }

  /** `o.ob_type = C` becomes `$TM.stamped(o, o.ob_type = C)`: the value of the whole is still C. */
  #assignment(node: AssignmentExpression, ancestors: readonly AnyNode[]): void {
    const { left } = node;
    if (node.operator !== '=' || left.type !== 'MemberExpression') return;
    if (this.#text(left) === '$B.set_exc') this.#unwinding(node);
    const property = this.#text(left.property);
    const isStamp = !left.computed && property === 'ob_type';
    const isDict = left.computed && property === '$B.OB_TYPE';
    if (!isStamp && !isDict) return;
    const target = this.#text(left.object);
    if (functionDepth(ancestors) <= 1 || isBookkeepingTarget(target)) return;
    if (isBookkeepingClass(this.#text(node.right))) return;
    const isCopy = copies.some(
      ([maker, name]) =>
        name === target && ancestors.some((ancestor) => this.#nameOf(ancestor) === maker),
    );
    this.#wrap(node, `${hooksVariable}.${isCopy ? 'stampedCopy' : 'stamped'}(${target},`);
    this.#sites[isDict ? 'dict' : 'stamp']++;
    if (isDict && target === 'res') this.#rawDictFrom(ancestors);
  }

  /** Where an exception reaches a frame. */
  #unwinding({ right }: AssignmentExpression): void {
    if (right.type !== 'FunctionExpression') return;
    const exception = this.#text(right.params[0] as AnyNode);
    this.#edits.appendRight(right.body.start + 1, `${hooksVariable}.unwound(${exception});`);
    this.#sites.raw++;
  }

  /** Inside argument parsing and unpacking, objects that the guest never sees are made raw. */
  #call(node: CallExpression, ancestors: readonly AnyNode[]): void {
    if (this.#text(node.callee) === '$B.$list') {
      if (!ancestors.some((ancestor) => textSplitters.has(this.#nameOf(ancestor)))) return;
      this.#edits.overwrite(node.callee.start, node.callee.end, `${hooksVariable}.splitList`);
      this.#sites.split++;
      return;
    }
    if (this.#text(node.callee) === '$B.RAISE' && this.#isStop(node)) {
      this.#edits.overwrite(
        node.callee.start,
        (node.arguments[0] as AnyNode).start,
        `${hooksVariable}.quietly($B.RAISE,`,
      );
      this.#sites.raw++;
      return;
    }
    if (this.#text(node.callee) === '$B.fast_tuple' && this.#isPair(ancestors)) {
      this.#edits.overwrite(node.callee.start, node.callee.end + 1, `${hooksVariable}.pair(self,`);
      this.#sites.raw++;
      return;
    }
    if (this.#text(node.callee) === 'bytes.sq_concat' && this.#isInside(ancestors, 'join')) {
      this.#edits.overwrite(
        node.callee.start,
        (node.arguments[0] as AnyNode).start,
        `${hooksVariable}.quietly(bytes.sq_concat,`,
      );
      this.#sites.raw++;
      return;
    }
    const raw = rawCalls.get(this.#text(node.callee));
    if (raw === undefined) return;
    if (!ancestors.some((ancestor) => rawFunctions.has(this.#nameOf(ancestor)))) return;
    if (this.#isCollected(ancestors)) return;
    this.#edits.overwrite(node.callee.start, node.callee.end, `${hooksVariable}.${raw}`);
    this.#sites.raw++;
  }

  /** The end of an iterator, which in CPython is no exception as long as no Python code raises it. */
  #isStop({ arguments: [type] }: CallExpression): boolean {
    return type !== undefined && this.#text(type) === '_b_.StopIteration';
  }

  #isPair(ancestors: readonly AnyNode[]): boolean {
    return ancestors.some((ancestor) => pairMakers.has(this.#nameOf(ancestor)));
  }

  /** `return E` in a function that makes strs becomes `return $TM.newText(arguments[0], E)`; of ints alike. */
  #births(node: ReturnStatement, ancestors: readonly AnyNode[]): void {
    const { argument } = node;
    if (argument === null || argument === undefined) return;
    if (this.#text(argument) === 'res' && this.#isInside(ancestors, 'join')) {
      // Of bytes: the sum of what was put together quietly.
      this.#wrap(argument, `${hooksVariable}.object(`);
      return;
    }
    const name = this.#assignedFunction(ancestors);
    if (name === null) return;
    if (name === 'list.$getitem_slice') {
      this.#wrap(argument, `${hooksVariable}.sliced(`);
      this.#sites.growth++;
      return;
    }
    const self = textMakers.get(name);
    if (textAskers.has(name))
      this.#wrap(argument, `${hooksVariable}.askedText(arguments[0],${self},`);
    else if (self !== undefined) this.#wrap(argument, `${hooksVariable}.newText(${self},`);
    else if (textListMakers.has(name)) this.#wrap(argument, `${hooksVariable}.newTexts(`);
    else if (intMakers.has(name)) this.#wrap(argument, `${hooksVariable}.newInt(arguments[0],`);
    else return;
    this.#sites.birth++;
  }

  #isInside(ancestors: readonly AnyNode[], name: string): boolean {
    const inner = ancestors.filter(isFunction).at(-1);
    return inner?.type === 'FunctionDeclaration' && inner.id?.name === name;
  }

  /** What the innermost function around is assigned to; `null` when it is a part of another one. */
  #assignedFunction(ancestors: readonly AnyNode[]): string | null {
    const at = ancestors.map(isFunction).lastIndexOf(true);
    const parent = ancestors[at - 1];
    return parent?.type === 'AssignmentExpression' ? this.#text(parent.left) : null;
  }

  /** `E`, which puts an item into a container, becomes `$TM.grown(E, container, used)`. */
  #growth(node: AnyNode, ancestors: readonly AnyNode[]): void {
    const target = growthTarget(node);
    if (target === null) return;
    const text = this.#text(target);
    const rule = growthRules.find(
      ([maker, place]) =>
        place === text && ancestors.some((ancestor) => this.#nameOf(ancestor) === maker),
    );
    if (rule === undefined) return;
    const [, , container, used, test] = rule;
    const isInside = (ancestor: AnyNode): boolean =>
      ancestor.type === 'IfStatement' && this.#text(ancestor.test) === test;
    if (test !== undefined && !ancestors.some(isInside)) return;
    const isAttribute = used === 'exception';
    this.#edits.appendLeft(
      node.start,
      ` ${hooksVariable}.${isAttribute ? 'attributeSet' : 'grown'}(`,
    );
    this.#edits.appendRight(node.end, isAttribute ? `,${container})` : `,${container},${used})`);
    this.#sites.growth++;
  }

  /**
   * `locals[kwarg] = …` and `locals[vararg] = …`: the guest's own `**kwargs` and `*args`. (What is
   * collected in `slots` goes to a builtin function, for which CPython makes no dict.)
   */
  #isCollected(ancestors: readonly AnyNode[]): boolean {
    return ancestors.some((ancestor) => {
      if (ancestor.type !== 'AssignmentExpression' || ancestor.left.type !== 'MemberExpression') {
        return false;
      }
      return /^locals\[(?:kwarg|vararg)\]$/.test(this.#text(ancestor.left));
    });
  }

  /**
   * `$B.empty_dict` is the one place that makes plain dicts. Its unchanged text becomes
   * `$TM.rawDict`, because the symbols that a dict needs are private to that part of Brython.
   */
  #rawDictFrom(ancestors: readonly AnyNode[]): void {
    const maker = [...ancestors]
      .reverse()
      .find(
        (ancestor): ancestor is AssignmentExpression =>
          ancestor.type === 'AssignmentExpression' && this.#text(ancestor.left) === '$B.empty_dict',
      );
    if (maker === undefined) return;
    const statement = `;${hooksVariable}.rawDict=${this.#text(maker.right)};`;
    this.#edits.appendRight(maker.end, statement);
  }

  /** The hooks come to be right after `var __BRYTHON__ = …`, before anything uses them. */
  #prelude(): void {
    const declaration = this.#ast.body.find(
      (statement) =>
        statement.type === 'VariableDeclaration' &&
        statement.declarations.some((d) => this.#text(d.id) === '__BRYTHON__'),
    );
    if (declaration === undefined) {
      throw new TracemallocError(
        'unsupported-host',
        'this is no brython.js: it declares no __BRYTHON__',
      );
    }
    const hooks = hooksSource(instrumenterVersion, this.#sites);
    const statement = `;var ${hooksVariable}=__BRYTHON__.${hooksMember}=${hooks}(__BRYTHON__);`;
    this.#edits.appendRight(declaration.end, statement);
  }

  /** A space first: `return{…}` must not become `return$TM…`. */
  #wrap(node: AnyNode, call: string): void {
    this.#edits.appendLeft(node.start, ` ${call}`);
    this.#edits.appendRight(node.end, ')');
  }

  #nameOf(node: AnyNode): string {
    if (node.type === 'AssignmentExpression') return this.#text(node.left);
    if (node.type === 'FunctionDeclaration') return node.id === null ? '' : node.id.name;
    if (node.type === 'VariableDeclarator') return this.#text(node.id);
    return '';
  }

  #text(node: AnyNode): string {
    return this.#source.slice(node.start, node.end);
  }
}

/** What an expression assigns to, increments or calls. */
function growthTarget(node: AnyNode): AnyNode | null {
  if (node.type === 'AssignmentExpression') return node.left;
  if (node.type === 'UpdateExpression') return node;
  return node.type === 'CallExpression' ? node.callee : null;
}

/** Classes of things that are part of the interpreter rather than of the guest's heap. */
function isBookkeepingClass(text: string): boolean {
  return /^\$B\.(?:frame|code|builtin_function_or_method|wrapper_descriptor|method_descriptor|member_descriptor|getset_descriptor|classmethod_descriptor)$/.test(
    text,
  );
}

/** Variables that hold classes, modules or frames wherever brython.js stamps them. */
function isBookkeepingTarget(text: string): boolean {
  return /^(?:frame|cls|modobj|module_obj|\$B\[attr\]|modobj\[attr\]|js_constr|new_js_class|_b_|\$print|kw|__annotate_func__|__defaults__|type_params|co_freevars|co_varnames|f\.\$infos\.[\w.]+)$/.test(
    text,
  );
}

function isFrameCell(node: ObjectExpression): boolean {
  return ['prev', 'frame', 'count'].every((name) => propertyValue(node, name) !== null);
}

function propertyValue(node: ObjectExpression, name: string): AnyNode | null {
  for (const property of node.properties) {
    if (property.type !== 'Property' || property.computed) continue;
    if (property.key.type === 'Identifier' && property.key.name === name) return property.value;
  }
  return null;
}

function functionDepth(ancestors: readonly AnyNode[]): number {
  return ancestors.filter((ancestor) => isFunction(ancestor)).length;
}

function isFunction(node: AnyNode): boolean {
  return /^(?:FunctionExpression|FunctionDeclaration|ArrowFunctionExpression)$/.test(node.type);
}

function parseSource(source: string): Program {
  if (source.includes(`__BRYTHON__.${hooksMember}=`)) {
    throw new TracemallocError('unsupported-host', 'this brython.js is instrumented already');
  }
  try {
    return parse(source, { ecmaVersion: 2024, sourceType: 'script' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TracemallocError('unsupported-host', `this is no brython.js: ${reason}`);
  }
}

/** Brython's version as the source itself states it: `__BRYTHON__.implementation = [3, 14, 3, …]`. */
function versionOf(ast: Program): string {
  for (const statement of ast.body) {
    if (statement.type !== 'ExpressionStatement') continue;
    const { expression } = statement;
    if (expression.type !== 'AssignmentExpression' || expression.left.type !== 'MemberExpression')
      continue;
    const { property } = expression.left;
    if (property.type !== 'Identifier' || property.name !== 'implementation') continue;
    if (expression.right.type !== 'ArrayExpression') continue;
    return expression.right.elements
      .slice(0, 3)
      .map((element) => (element?.type === 'Literal' ? String(element.value) : '?'))
      .join('.');
  }
  throw new TracemallocError('unsupported-host', 'this is no brython.js: it states no version');
}
