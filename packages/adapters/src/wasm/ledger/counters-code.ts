import {
  add,
  addDouble,
  and,
  choose,
  double,
  eq,
  get,
  greaterDouble,
  load,
  loadDouble,
  mul,
  ne,
  neDouble,
  not,
  num,
  one,
  returning,
  set,
  shl,
  shr,
  store,
  storeDouble,
  subDouble,
  tee,
  when,
} from '../expressions.ts';
import {
  addTo,
  call,
  cell,
  type FunctionCode,
  liveCount,
  liveSize,
  peakCount,
  peakEpoch,
  peakSize,
  setCell,
  setSum,
  subtractFrom,
  sum,
  temporaryCount,
  temporarySize,
  totalCount,
  totalSize,
} from './code-parts.ts';
import { nowhere, places, segmentBits, segmentBytes, siteBytes, siteOffsets } from './places.ts';

/** Counters of sites, and the sums of all: as the `Recorder` and the `SiteTable` of the core have them. */
export const counting: Readonly<
  Record<'segmentOf' | 'counters' | 'countFree' | 'countLive' | 'record' | 'release', FunctionCode>
> = {
  // (site) => where its counters are
  segmentOf: {
    variables: 2,
    code: [
      ...set(1, add(shl(shr(get(0), segmentBits), 2), num(places.segments))),
      ...when(
        not(load(get(1))),
        when(not(tee(2, call('room', num(segmentBytes)))), returning(num(nowhere))),
        store(get(1), get(2)),
      ),
      ...add(load(get(1)), mul(and(get(0), num((1 << segmentBits) - 1)), num(siteBytes))),
    ],
  },
  // (site) => where its counters are, which change now
  counters: {
    variables: 2,
    code: [
      ...set(1, load(add(shl(shr(get(0), segmentBits), 2), num(places.segments)))),
      ...set(2, add(get(1), mul(and(get(0), num((1 << segmentBits) - 1)), num(siteBytes)))),
      ...when(
        choose(get(1), ne(load(get(2), siteOffsets.loading), cell('loading')), num(1)),
        call('load', get(0)),
        set(2, call('segmentOf', get(0))),
      ),
      ...when(
        not(load(get(2), siteOffsets.next)),
        store(get(2), cell('dirty'), siteOffsets.next),
        setCell('dirty', get(0)),
      ),
      ...when(
        neDouble(loadDouble(get(2), peakEpoch), sum('epoch')),
        storeDouble(get(2), loadDouble(get(2), liveSize), peakSize),
        storeDouble(get(2), loadDouble(get(2), liveCount), peakCount),
        storeDouble(get(2), sum('epoch'), peakEpoch),
      ),
      ...get(2),
    ],
  },
  // (site, size, whether it is temporary)
  countFree: {
    variables: 1,
    doubles: 1,
    code: [
      ...set(3, call('counters', get(0))),
      ...set(4, double(get(1))),
      ...subtractFrom(3, liveSize, get(4)),
      ...subtractFrom(3, liveCount, one),
      ...when(get(2), addTo(3, temporarySize, get(4)), addTo(3, temporaryCount, one)),
    ],
  },
  // (site, size) => where its counters are
  countLive: {
    variables: 1,
    code: [
      ...set(2, call('counters', get(0))),
      ...addTo(2, liveSize, double(get(1))),
      ...addTo(2, liveCount, one),
      ...get(2),
    ],
  },
  // (block, size, stack, type)
  record: {
    variables: 2,
    doubles: 1,
    code: [
      ...when(not(tee(4, call('site', get(2), get(3)))), returning()),
      ...set(5, call('put', get(0), get(1), get(4))),
      ...when(eq(get(5), num(-1)), returning()),
      ...when(
        get(5),
        call('reject', num(0)),
        call('countFree', get(5), cell('found'), num(0)),
        setSum('current', subDouble(sum('current'), double(cell('found')))),
      ),
      ...set(5, call('countLive', get(4), get(1))),
      ...set(6, double(get(1))),
      ...addTo(5, totalSize, get(6)),
      ...addTo(5, totalCount, one),
      ...setSum('current', addDouble(sum('current'), get(6))),
      ...when(
        greaterDouble(sum('current'), sum('peak')),
        setSum('peak', sum('current')),
        setSum('epoch', addDouble(sum('epoch'), one)),
      ),
      ...setCell('olderRecent', cell('recent')),
      ...setCell('recent', get(0)),
    ],
  },
  // (block) => whether it was live
  release: {
    variables: 3,
    code: [
      ...when(not(tee(1, call('take', get(0)))), returning(num(0))),
      ...set(2, cell('found')),
      ...[
        ...eq(cell('recent'), get(0)),
        0x04,
        0x40,
        ...setCell('recent', num(0)),
        ...set(3, num(1)),
        0x05,
        ...when(eq(cell('olderRecent'), get(0)), setCell('olderRecent', num(0)), set(3, num(1))),
        0x0b,
      ],
      ...call('countFree', get(1), get(2), get(3)),
      ...setSum('current', subDouble(sum('current'), double(get(2)))),
      ...num(1),
    ],
  },
};
