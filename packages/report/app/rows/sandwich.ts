import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor } from '@tracemalloc/core/analysis';
import type { Figures } from '../model.ts';
import { frameGroups } from './grouping.ts';
import { addRow, byWeight, hasAny, type Sums, sumsLike } from './sums.ts';

export type SandwichBy = 'line' | 'function';

/** Lines or functions, and which each traceback passes through, most recent first as it came. */
export type Places = {
  readonly by: SandwichBy;
  readonly length: number;
  /** A frame that stands for the place. */
  readonly frame: readonly number[];
  readonly placeOfFrame: Int32Array;
};

export function places(data: SnapshotData, by: SandwichBy): Places {
  const { groupOfFrame, representative } = frameGroups(data, by);
  return { by, length: representative.length, frame: representative, placeOfFrame: groupOfFrame };
}

/** Neighbours of a place: rows by place, ordered, those with nothing left out. */
export type Neighbours = { readonly place: Int32Array; readonly sums: Sums };

export type Sandwich = {
  /** One row: all that passes through the place. */
  readonly total: Sums;
  /** One row: what was allocated in it. */
  readonly own: Sums;
  /** One row: what came without a caller: the place was the outermost frame known. */
  readonly outermost: Sums;
  readonly callers: Neighbours;
  readonly callees: Neighbours;
};

/**
 * Who calls a place and whom it calls. Where a traceback passes through it more than once, the
 * caller is that of the outermost pass and the callee that of the innermost: so callers and
 * outermost add up to the total, and so do callees and own.
 */
export function sandwich(
  data: SnapshotData,
  all: Places,
  target: number,
  figures: Figures,
  difference: boolean,
): Sandwich {
  const cursor = new FrameCursor(data);
  const { placeOfFrame } = all;
  const total = sumsLike(figures, 1);
  const own = sumsLike(figures, 1);
  const outermost = sumsLike(figures, 1);
  const callers = sumsLike(figures, all.length);
  const callees = sumsLike(figures, all.length);
  for (let site = 0; site < figures.keep.length; site++) {
    if (figures.keep[site] !== 1) continue;
    const { length } = cursor.moveTo(data.sites.traceback[site]!);
    let inner = 0;
    while (inner < length && placeOfFrame[cursor.at(inner)] !== target) inner++;
    if (inner === length) continue;
    let outer = length - 1;
    while (placeOfFrame[cursor.at(outer)] !== target) outer--;
    addRow(total, 0, figures, site);
    if (inner === 0) addRow(own, 0, figures, site);
    else addRow(callees, placeOfFrame[cursor.at(inner - 1)]!, figures, site);
    if (outer === length - 1) addRow(outermost, 0, figures, site);
    else addRow(callers, placeOfFrame[cursor.at(outer + 1)]!, figures, site);
  }
  return {
    total,
    own,
    outermost,
    callers: neighbours(callers, difference),
    callees: neighbours(callees, difference),
  };
}

function neighbours(sums: Sums, difference: boolean): Neighbours {
  const found: number[] = [];
  for (let place = 0; place < sums.now.length; place++) if (hasAny(sums, place)) found.push(place);
  return { place: byWeight(Int32Array.from(found), sums, difference), sums };
}
