/**
 * What is Python's text: `repr`, `str.strip`, the order of strings, `fnmatch`, sizes, source lines.
 *
 * @module @tracemalloc/core/python
 */
export { compareCodePoints } from './code-points.ts';
export { fnmatch, type PathFlavor } from './fnmatch.ts';
export { formatSize } from './format-size.ts';
export { parseSize, sizeForms } from './parse-size.ts';
export { pythonRepr, pythonStrip } from './python-text.ts';
export { SourceLines } from './source-lines.ts';
