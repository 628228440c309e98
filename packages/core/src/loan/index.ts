/**
 * For adapters whose guest allocates faster than JavaScript can be called: they count for a tracer where the guest runs, and return
 * what they have counted before anybody sees it.
 *
 * @module @tracemalloc/core/loan
 */
export type { BlockStore } from '../table/block-store.ts';
export { type Borrower, borrow, counters, type LentCounters, mostBytes } from './borrow.ts';
