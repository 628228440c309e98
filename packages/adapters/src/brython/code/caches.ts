import type { Restorer } from '../../contract/index.ts';
import type { BrythonInternals } from '../host.ts';
import { instrumenterVersion } from '../versions.ts';

/**
 * Brython keeps the JavaScript of library modules in the page's IndexedDB, under its build time.
 * What the compile hook made of them must not meet a later page without the hook, nor the other
 * way round: with a build time of its own, each finds only what it made.
 */
export function keepCachesApart($B: BrythonInternals, restorer: Restorer): void {
  for (const name of ['timestamp', 'VFS_timestamp']) {
    const time = $B[name];
    // Half a millisecond and the version: no build of Brython has such a time.
    if (typeof time === 'number') {
      restorer.set($B, name, time + 0.5 + Number(instrumenterVersion) / 1024);
    }
  }
}
