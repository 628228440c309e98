import {
  add,
  and,
  choose,
  drop,
  eq,
  get,
  less,
  load,
  ne,
  not,
  num,
  or,
  returning,
  set,
  shl,
  shr,
  store,
  sub,
  tee,
  when,
} from '../expressions.ts';
import { call, cell, type FunctionCode, marks, setCell, typeEntry } from './code-parts.ts';
import { mark, places } from './places.ts';

/** What happens to blocks. A block is recorded with the next event, since its type is known until then. */
export const events: Readonly<
  Record<
    | 'begin'
    | 'flush'
    | 'allocated'
    | 'freed'
    | 'moving'
    | 'moved'
    | 'movedAway'
    | 'created'
    | 'retag',
    FunctionCode
  >
> = {
  // What comes before each event.
  begin: {
    variables: 0,
    code: [...when(cell('isStale'), call('reload')), ...call('flush')],
  },
  flush: {
    variables: 1,
    code: [
      ...when(
        tee(0, cell('block')),
        setCell('block', num(0)),
        call('record', get(0), cell('size'), cell('stack'), num(0)),
      ),
    ],
  },
  // (block, size, stack) => 0, or 1 where it was not counted
  allocated: {
    variables: 1,
    code: [
      ...call('begin'),
      ...when(not(less(get(1), num(mark.told))), call('tooBig', get(1)), returning(num(1))),
      ...when(
        not(tee(3, load(add(shl(get(2), 2), num(places.rows))))),
        when(not(tee(3, call('rowOf', get(2)))), returning(num(1))),
      ),
      ...when(eq(get(3), num(1)), returning(num(0))),
      ...setCell('block', get(0)),
      ...setCell('size', get(1)),
      ...setCell('stack', get(2)),
      ...num(0),
    ],
  },
  // (block)
  freed: {
    variables: 2,
    code: [
      ...when(not(get(0)), returning()),
      ...set(1, call('entryOf', get(0))),
      ...when(
        not(choose(get(1), marks(get(1)), num(0))),
        when(ne(get(0), cell('block')), returning()),
      ),
      ...call('begin'),
      // Of a block that was just flushed.
      ...when(not(get(1)), when(not(tee(1, call('entryOf', get(0)))), returning())),
      ...when(
        and(marks(get(1)), num(mark.watched)),
        call('watchedEnds', get(0)),
        store(get(1), and(marks(get(1)), num(mark.site)), 4),
      ),
      ...drop(call('release', get(0))),
    ],
  },
  // (from, to): before the stack is read.
  moving: {
    variables: 1,
    code: [
      ...call('begin'),
      ...when(
        ne(get(0), get(1)),
        when(
          tee(2, call('entryOf', get(0))),
          when(and(marks(get(2)), num(mark.watched)), call('watchedEnds', get(0))),
          store(get(2), and(marks(get(2)), num(mark.site)), 4),
        ),
      ),
    ],
  },
  // (from, to, size, stack) => 0, or 1 where it was not counted
  moved: {
    variables: 1,
    code: [
      ...when(not(less(get(2), num(mark.told))), call('tooBig', get(2)), returning(num(1))),
      ...when(
        not(tee(4, load(add(shl(get(3), 2), num(places.rows))))),
        when(not(tee(4, call('rowOf', get(3)))), returning(num(1))),
      ),
      ...when(eq(get(4), num(1)), call('movedAway', get(0)), returning(num(0))),
      ...drop(call('release', get(0))),
      ...call('record', get(1), get(2), get(3), num(0)),
      ...num(0),
    ],
  },
  // (block): it went where nothing is recorded.
  movedAway: {
    variables: 0,
    code: [...when(not(call('release', get(0))), call('reject', num(1)))],
  },
  // (object, type) => the block that is another object's now; 0 = none
  created: {
    variables: 3,
    code: [
      ...set(2, typeEntry(get(1))),
      ...[
        ...tee(3, choose(eq(load(get(2)), get(1)), load(get(2), 4), num(-1))),
        ...num(-1),
        0x46,
        0x04,
        0x40,
        ...when(
          not(
            or(
              or(call('isKnown', get(0)), call('isKnown', sub(get(0), num(8)))),
              call('isKnown', sub(get(0), num(16))),
            ),
          ),
          returning(num(0)),
        ),
        ...when(eq(tee(3, call('typeOf', get(0))), num(-1)), returning(num(0))),
        0x0b,
      ],
      ...set(4, sub(get(0), and(get(3), num(31)))),
      ...when(
        eq(get(4), cell('block')),
        when(not(get(4)), returning(num(0))),
        setCell('block', num(0)),
        call('record', get(4), cell('size'), cell('stack'), shr(get(3), 5)),
        returning(num(0)),
      ),
      ...when(not(tee(2, call('entryOf', get(4)))), returning(num(0))),
      ...when(not(marks(get(2))), returning(num(0))),
      ...call('begin'),
      ...setCell('type', shr(get(3), 5)),
      ...get(4),
    ],
  },
  // (block, stack) => 0, or 1 where it was not counted
  retag: {
    variables: 4,
    code: [
      ...when(
        not(tee(2, load(add(shl(get(1), 2), num(places.rows))))),
        when(not(tee(2, call('rowOf', get(1)))), returning(num(1))),
      ),
      ...when(eq(get(2), num(1)), returning(num(0))),
      ...set(2, call('entryOf', get(0))),
      ...set(3, and(marks(get(2)), num(mark.site))),
      ...when(not(get(3)), call('reject', num(1)), returning(num(0))),
      ...set(4, call('site', get(1), cell('type'))),
      ...when(or(not(get(4)), eq(get(3), get(4))), returning(num(0))),
      ...store(get(2), or(and(marks(get(2)), num(mark.watched)), get(4)), 4),
      ...set(5, load(get(2))),
      ...call('countFree', get(3), get(5), num(0)),
      ...drop(call('countLive', get(4), get(5))),
      ...num(0),
    ],
  },
};
