/**
 * Other tools' formats, one by one under subpaths, and all of them as a list.
 *
 * @module @tracemalloc/formats
 */
export { type DumpOptions, type Format, formats } from './registry.ts';
