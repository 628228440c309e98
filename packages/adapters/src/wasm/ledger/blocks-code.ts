import {
  add,
  and,
  choose,
  clear,
  eq,
  get,
  growBy,
  less,
  load,
  ne,
  not,
  num,
  or,
  pages,
  returning,
  set,
  shl,
  shr,
  store,
  sub,
  tee,
  when,
} from '../expressions.ts';
import { call, cell, type FunctionCode, increment, marks, setCell } from './code-parts.ts';
import { mark, pageBits, pageBytes, places } from './places.ts';

/** Blocks by their addresses: a page of (size, site and marks) for each 2 KiB of the guest. */
export const blocks: Readonly<
  Record<
    | 'entryOf'
    | 'roomFor'
    | 'room'
    | 'put'
    | 'take'
    | 'find'
    | 'tell'
    | 'untell'
    | 'watch'
    | 'isKnown',
    FunctionCode
  >
> = {
  // (block) => its entry; 0 where its page was never used
  entryOf: {
    variables: 1,
    code: [
      ...choose(
        tee(1, load(add(shl(shr(get(0), pageBits), 2), num(places.directory)))),
        add(get(1), and(get(0), num(pageBytes - 8))),
        num(0),
      ),
    ],
  },
  // (block) => its entry, made if need be; 0 where there is no memory
  roomFor: {
    variables: 2,
    code: [
      ...set(1, add(shl(shr(get(0), pageBits), 2), num(places.directory))),
      ...when(
        not(load(get(1))),
        when(not(tee(2, call('room', num(pageBytes)))), returning(num(0))),
        store(get(1), get(2)),
        when(
          not(less(shr(get(0), pageBits), cell('pageEnd'))),
          setCell('pageEnd', add(shr(get(0), pageBits), num(1))),
        ),
      ),
      ...add(load(get(1)), and(get(0), num(pageBytes - 8))),
    ],
  },
  // (bytes) => where there are so many, all 0; 0 where there are none
  room: {
    variables: 1,
    code: [
      ...set(1, cell('free')),
      ...when(
        less(shl(pages, 16), add(get(1), get(0))),
        when(eq(growBy(num(16)), num(-1)), call('full'), returning(num(0))),
      ),
      ...setCell('free', add(get(1), get(0))),
      ...clear(get(1), get(0)),
      ...get(1),
    ],
  },
  // (block, size, site) => the site that it had, 0, or −1 where there is no memory
  put: {
    variables: 2,
    code: [
      ...when(not(tee(3, call('roomFor', get(0)))), returning(num(-1))),
      ...set(4, and(marks(get(3)), num(mark.site))),
      ...when(not(get(4)), increment('count')),
      ...when(get(4), setCell('found', load(get(3)))),
      ...store(get(3), get(1)),
      ...store(get(3), or(and(marks(get(3)), num(mark.watched)), get(2)), 4),
      ...get(4),
    ],
  },
  // (block) => its site; its size is in the cell
  take: {
    variables: 2,
    code: [
      ...when(not(tee(1, call('entryOf', get(0)))), returning(num(0))),
      ...set(2, and(marks(get(1)), num(mark.site))),
      ...when(get(2), setCell('count', sub(cell('count'), num(1))), setCell('found', load(get(1)))),
      ...store(get(1), and(marks(get(1)), num(mark.watched)), 4),
      ...get(2),
    ],
  },
  find: {
    variables: 1,
    code: [
      ...when(not(tee(1, call('entryOf', get(0)))), returning(num(0))),
      ...setCell('found', load(get(1))),
      ...and(marks(get(1)), num(mark.site)),
    ],
  },
  // (block): its end is told.
  tell: {
    variables: 1,
    code: [
      ...when(tee(1, call('roomFor', get(0))), store(get(1), or(marks(get(1)), num(mark.told)), 4)),
    ],
  },
  untell: {
    variables: 1,
    code: [
      ...when(
        tee(1, call('entryOf', get(0))),
        store(get(1), and(marks(get(1)), num(mark.site)), 4),
      ),
    ],
  },
  // (block) => whether its end would have been told
  watch: {
    variables: 2,
    code: [
      ...set(2, call('isKnown', get(0))),
      ...when(
        tee(1, call('roomFor', get(0))),
        store(get(1), or(marks(get(1)), num(mark.watched)), 4),
      ),
      ...get(2),
    ],
  },
  isKnown: {
    variables: 1,
    code: [
      ...when(not(get(0)), returning(num(0))),
      ...when(eq(get(0), cell('block')), returning(num(1))),
      ...choose(tee(1, call('entryOf', get(0))), ne(marks(get(1)), num(0)), num(0)),
    ],
  },
};
