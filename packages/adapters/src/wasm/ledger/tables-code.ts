import {
  add,
  and,
  clear,
  eq,
  get,
  load,
  loopWhile,
  num,
  or,
  returning,
  set,
  shl,
  store,
  when,
} from '../expressions.ts';
import {
  call,
  cell,
  clearTable,
  entryAt,
  type FunctionCode,
  increment,
  isHalfFull,
  nextEntry,
  scattered,
  setCell,
  typeEntry,
} from './code-parts.ts';
import { entries, entryBits, none, places } from './places.ts';

/** Tables of what is remembered: lines by program counter, stacks, types and sites. */
export const tables: Readonly<
  Record<
    'lineOf' | 'setLine' | 'child' | 'setType' | 'site' | 'setSite' | 'forget' | 'reset',
    FunctionCode
  >
> = {
  // (counter) => line, 0 = not known
  lineOf: {
    variables: 1,
    code: [
      ...set(1, entryAt('lines', scattered(get(0)))),
      ...loopWhile(
        load(get(1)),
        when(eq(load(get(1)), get(0)), returning(load(get(1), 4))),
        set(1, nextEntry('lines', 1)),
      ),
      ...num(0),
    ],
  },
  // (counter, line) => whether there was room
  setLine: {
    variables: 1,
    code: [
      ...when(isHalfFull('lines'), returning(num(0))),
      ...set(2, entryAt('lines', scattered(get(0)))),
      ...loopWhile(load(get(2)), set(2, nextEntry('lines', 2))),
      ...store(get(2), get(0)),
      ...store(get(2), get(1), 4),
      ...increment('lines'),
      ...num(1),
    ],
  },
  // (stack, line) => the stack with the line called from it, −1 where there is no room
  child: {
    variables: 1,
    code: [
      ...set(2, entryAt('stacks', scattered(add(get(0), num(1)), get(1)))),
      ...loopWhile(
        load(get(2)),
        when(
          and(eq(load(get(2)), add(get(0), num(1))), eq(load(get(2), 4), get(1))),
          returning(load(get(2), 8)),
        ),
        set(2, nextEntry('stacks', 2)),
      ),
      ...when(isHalfFull('stacks'), returning(num(-1))),
      ...increment('stacks'),
      ...store(get(2), add(get(0), num(1))),
      ...store(get(2), get(1), 4),
      ...store(get(2), cell('stacks'), 8),
      ...store(add(shl(cell('stacks'), 2), num(places.rows)), num(0)),
      ...cell('stacks'),
    ],
  },
  // (type, what is known of it)
  setType: {
    variables: 1,
    code: [...set(2, typeEntry(get(0))), ...store(get(2), get(0)), ...store(get(2), get(1), 4)],
  },
  // (stack, type) => site
  site: {
    variables: 1,
    code: [
      ...set(2, entryAt('sites', scattered(get(0), get(1), cell('label')))),
      ...loopWhile(
        load(get(2)),
        when(
          and(
            and(eq(load(get(2)), add(get(0), num(1))), eq(load(get(2), 4), get(1))),
            eq(load(get(2), 8), cell('label')),
          ),
          returning(load(get(2), 12)),
        ),
        set(2, nextEntry('sites', 2)),
      ),
      ...call('siteOf', get(0), get(1)),
    ],
  },
  // (stack, type, site)
  setSite: {
    variables: 1,
    code: [
      ...when(isHalfFull('sites'), clearTable('sites')),
      ...set(3, entryAt('sites', scattered(get(0), get(1), cell('label')))),
      ...loopWhile(load(get(3)), set(3, nextEntry('sites', 3))),
      ...store(get(3), add(get(0), num(1))),
      ...store(get(3), get(1), 4),
      ...store(get(3), cell('label'), 8),
      ...store(get(3), get(2), 12),
      ...increment('sites'),
    ],
  },
  // All that stacks, lines and types stand for.
  forget: {
    variables: 0,
    code: [
      ...when(
        or(or(cell('lines'), cell('stacks')), cell('sites')),
        clearTable('lines'),
        clearTable('stacks'),
        clearTable('sites'),
      ),
      ...clear(num(places.types), num(entries.types << entryBits.types)),
      ...store(num(places.rows), num(0)),
    ],
  },
  // As it was at first.
  reset: {
    variables: 0,
    code: [
      ...call('forget'),
      ...increment('loading'),
      ...clear(num(places.directory), shl(cell('pageEnd'), 2)),
      ...clear(num(places.segments), num(places.directory - places.segments)),
      ...setCell('pageEnd', num(0)),
      ...setCell('free', num(places.end)),
      ...setCell('block', num(0)),
      ...setCell('count', num(0)),
      ...setCell('dirty', num(none | 0)),
      ...setCell('isStale', num(1)),
    ],
  },
};
