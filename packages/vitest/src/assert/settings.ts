import type { GetLine } from '@tracemalloc/core';
import { checkOptions } from './options.ts';

/** What holds for all checks of a project, unless a check says otherwise. */
export type LimitSettings = {
  /** Frames of a traceback, for tracers that do not trace yet; 1 … 65535. Default 10. */
  readonly nframe?: number;
  /** What messages show of the source. Default: nothing. */
  readonly getLine?: GetLine | null;
  /** By which part figures may differ from a baseline: 0.1 is 10 %. Default 0. */
  readonly tolerance?: number;
  /** Sites in a message, the biggest first. Default 5. */
  readonly sites?: number;
  /** Frames of a site in a message, the most recent first. Default 5. */
  readonly frames?: number;
  /** Objects of a site that are shown by `show` of `traced`. Default 3. */
  readonly samples?: number;
  /** Folder for the snapshot of each check that fails, whose message names the file. Default: none is kept. */
  readonly snapshots?: string | null;
};

const initial: Required<LimitSettings> = {
  nframe: 10,
  getLine: null,
  tolerance: 0,
  sites: 5,
  frames: 5,
  samples: 3,
  snapshots: null,
};

/** The smallest and the biggest that each number may be. */
const bounds = {
  nframe: [1, 65_535],
  sites: [0, 1_000_000],
  frames: [0, 65_535],
  samples: [0, 1_000_000],
} as const;

let current = initial;

/**
 * Sets what holds for all checks, for a setup file; what is left out is as it is without a call.
 * @throws RangeError or TypeError that names the setting.
 */
export function setupLimits(settings: LimitSettings = {}): void {
  checkOptions(settings, Object.keys(initial));
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = settings[name as keyof typeof bounds];
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most))
      continue;
    throw new RangeError(`${name} must be an integer in ${least}..${most}, got ${String(value)}`);
  }
  if (settings.tolerance !== undefined) checkTolerance(settings.tolerance);
  current = { ...initial, ...settings };
}

/** What was set up. */
export function limitSettings(): Required<LimitSettings> {
  return current;
}

/** @throws RangeError */
export function checkTolerance(tolerance: number): number {
  if (tolerance >= 0 && tolerance < 1) return tolerance;
  throw new RangeError(`tolerance must be a part, 0 or more and below 1, got ${tolerance}`);
}
