/**
 * What lives while a program runs, as viewers are told.
 *
 * @module @tracemalloc/report/live
 */
export { type LiveChoice, type LiveRow, type LiveUpdate, liveUpdate } from './live-update.ts';
