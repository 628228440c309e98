import { dirname, join } from 'node:path/posix';
import { parseSync } from 'vite';

/** What `import()` of a name that is only known when the program runs counts as. */
export const computed = '(a computed name)';

/**
 * The names of all modules that a source imports: with `import` and `export … from`, for types
 * only, with `import()`, and in types as `import('…').Name`.
 *
 * @throws Error naming the file, if it can't be parsed.
 */
export function specifiersOf(file: string, source: string): string[] {
  const parsed = parseSync(file, source);
  const { module, errors } = parsed;
  if (errors[0]) throw new Error(`${file} can't be parsed: ${errors[0].message}`);
  return [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap((found) =>
      found.entries.slice(0, 1).flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
    // The tree takes long to make: most files have neither form.
    ...(/\bimport\s*(?:\/[*/][\s\S]*)?\(/.test(source) ? importExpressions(parsed.program) : []),
  ];
}

/** `import('…')` in expressions and in types, wherever they stand. */
function importExpressions(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const inside = Object.values(node).flatMap(importExpressions);
  if (!('type' in node) || !('source' in node)) return inside;
  if (node.type !== 'ImportExpression' && node.type !== 'TSImportType') return inside;
  const source = node.source as { value?: unknown };
  return [typeof source.value === 'string' ? source.value : computed, ...inside];
}

/**
 * The file of this repository that an import means, below `packages`: null for a package of
 * others. A package of ours is meant by an entry, `@tracemalloc/core/codec`.
 */
export function targetOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return join(dirname(file), specifier);
  const ours = /^@tracemalloc\/([^/]+)\/?(.*)$/.exec(specifier);
  return ours ? join(ours[1] ?? '', 'src', ours[2] ?? '', 'index.ts') : null;
}

/** The circles of a graph: sets of two or more nodes that all reach each other, each sorted. */
export function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  function visit(node: string): number {
    const own = order.size;
    order.set(node, own);
    stack.push(node);
    let lowest = own;
    for (const next of edges.get(node) ?? []) {
      if (!edges.has(next)) continue;
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? 0);
    }
    if (lowest === own) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1 || edges.get(node)?.includes(node)) found.push(circle.sort());
    }
    return lowest;
  }
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return found;
}
