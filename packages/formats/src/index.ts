/**
 * Other tools' formats, one by one under subpaths, and all of them as a list.
 *
 * @module @tracemalloc/formats
 */

export { loadAny } from './load-any.ts';
export { type DumpOptions, type Format, formats } from './registry.ts';
