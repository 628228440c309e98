/**
 * What a tracer knows at any moment, without asking anybody to settle.
 *
 * @module @tracemalloc/core/live
 */
export { blockSize } from './block-size.ts';
export { peek } from './peek.ts';
