/**
 * What lives while a program runs: what viewers are told, a view for pages, and a way to viewers from
 * where nobody can serve.
 *
 * @module @tracemalloc/report/live
 */
export {
  type ConnectLiveOptions,
  connectLive,
  type LiveConnection,
  type LiveSocket,
} from './connect-live.ts';
export {
  initialLive,
  type LiveAction,
  type LiveSignal,
  type LiveState,
  liveRows,
  reduceLive,
} from './live-state.ts';
export { type LiveChoice, type LiveRow, type LiveUpdate, liveUpdate } from './live-update.ts';
export { type MountedLive, type MountLiveOptions, mountLive } from './page/mount-live.ts';
export { pauseAfter } from './pulse.ts';
