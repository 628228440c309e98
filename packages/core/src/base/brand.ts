/**
 * Makes `instanceof` ask for a mark that all copies of this module put on the class: a project may
 * have two, one of them inlined by a bundler.
 */
export function brand(type: { readonly prototype: object }, name: string): void {
  const mark = Symbol.for(`@tracemalloc/core ${name}`);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value: (value: Record<symbol, unknown> | null | undefined) => value?.[mark] === true,
  });
}
