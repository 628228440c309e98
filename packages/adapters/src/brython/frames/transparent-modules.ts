/**
 * Standard modules that CPython has in C, or runs through C accelerators where Brython has Python.
 * What `tracemalloc_extra` calls for a program is its caller's, too. Without this, `deque()` would be charged to a line of Brython's `_collections`.
 */
const transparentModules =
  /^(?:_(?!_main__)|functools\b|decimal\b|itertools\b|operator\b|weakref\b|copyreg\b|bisect\b|heapq\b|tracemalloc_extra\b|collections(?:\/__init__)?(?:\.py)?$)/;

export function isTransparentModule(name: string): boolean {
  return transparentModules.test(name);
}
