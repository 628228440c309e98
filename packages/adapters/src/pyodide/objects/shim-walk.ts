import type { Body } from '../../wasm/assemble.ts';
import {
  add,
  and,
  type Code,
  eq,
  forever,
  get,
  less,
  load,
  loadByte,
  loopWhile,
  not,
  num,
  or,
  pages,
  returning,
  set,
  shl,
  store,
  sub,
  unreachable,
  when,
  whenElse,
} from '../../wasm/expressions.ts';
import { firstOwnerWithoutCode } from '../frames/running-frame.ts';
import { noLine } from '../frames/stack-walk.ts';
import type { Layout } from '../layout.ts';

/** Frames that there is room for; deeper stacks are read in JavaScript. */
const deepest = 4096;
/** Bytes of what the walk keeps: of each frame its address and counter, then the counters and stacks of the last walk. */
export const scratchBytes: number = deepest * 16 + 8;
/** Frames without code are few: more of both is no stack. */
const mostSteps = 4 * deepest;
/** More than any offset. */
const margin = 4096;

/** What the walk asks JavaScript. */
export const frameImports = {
  /** The thread state that runs. */
  thread: ':i',
  /** (frame, counter) => the line of a counter, 1 for one that doesn't count; 0: it can't be read; −1: begin anew. */
  lineAt: 'ii:i',
  /** There is no room for another stack: begin anew. */
  grow: ':',
  /** What happens has to be told to JavaScript. */
  fail: ':',
} as const;

export type FrameQuestions = {
  /** CPython's function, where tasks have a thread state each; else `null`. */
  readonly thread: unknown;
  readonly lineAt: (frame: number, counter: number) => number;
  readonly grow: () => void;
  readonly fail: () => void;
};

/** What is called and read of the module that it becomes part of. */
type Around = {
  readonly hasTaskStates: boolean;
  readonly ledger: (name: 'lineOf' | 'child', ...parameters: Code[]) => Code;
  readonly ask: (name: keyof typeof frameImports, ...parameters: Code[]) => Code;
  readonly flag: (name: 'scratch' | 'current' | 'depth') => Code;
  readonly setFlag: (name: 'depth', value: Code) => Code;
};

/** Its variables. `again`: tables were emptied in the middle of it. */
const [frame, count, steps, at, level, stack, counter, line, again, bound] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;
const increment = (index: number): Code => set(index, add(get(index), num(1)));
/** Of the frames that were collected, the newest first: an address and a counter each. */
const entry = (scratch: Code, index: number): Code => add(scratch, shl(get(index), 3));
/** Of those of the last walk, the oldest first: a counter and a stack each. */
const known = (scratch: Code, index: number): Code =>
  add(entry(scratch, index), num(8 + deepest * 8));

/**
 * The number of the stack as it is, below 0 where it can't be read. A frame is known by its program counter; those that are as they were at the
 * last walk, from the oldest one on, cost two loads each.
 */
export function walkCode(layout: Layout, around: Around): Body {
  return {
    signature: ':i',
    variables: 10,
    code: [
      ...forever(
        collect(layout, around),
        skipKnown(around),
        lookUp(around),
        when(not(get(again)), returning(get(stack))),
      ),
      ...unreachable,
    ],
  };
}

function collect({ frame: of, currentFrame }: Layout, around: Around): Code {
  const { ask, flag, hasTaskStates } = around;
  const next = entry(flag('scratch'), count);
  return [
    ...set(frame, hasTaskStates ? load(ask('thread'), currentFrame) : load(flag('current'))),
    ...set(count, num(0)),
    ...set(steps, num(0)),
    ...set(bound, sub(shl(pages, 16), num(margin))),
    ...loopWhile(
      get(frame),
      when(
        or(not(less(get(frame), get(bound))), eq(get(steps), num(mostSteps))),
        returning(num(-1)),
      ),
      when(
        less(loadByte(get(frame), of.owner), num(firstOwnerWithoutCode)),
        when(eq(get(count), num(deepest)), returning(num(-1))),
        store(next, get(frame)),
        store(next, load(get(frame), of.instruction), 4),
        increment(count),
      ),
      increment(steps),
      set(frame, load(get(frame), of.previous)),
    ),
  ];
}

function skipKnown({ flag, setFlag }: Around): Code {
  const last = known(flag('scratch'), level);
  return [
    ...[...set(level, num(0)), ...set(stack, num(0)), ...set(again, num(0))],
    ...set(at, entry(flag('scratch'), count)),
    ...loopWhile(
      and(
        and(less(get(level), get(count)), less(get(level), flag('depth'))),
        eq(load(last), load(sub(get(at), num(4)))),
      ),
      set(stack, load(last, 4)),
      increment(level),
      set(at, sub(get(at), num(8))),
    ),
    ...setFlag('depth', get(level)),
  ];
}

function lookUp({ ledger, ask, flag, setFlag }: Around): Code {
  const last = known(flag('scratch'), level);
  const findLine: Code = [
    ...set(line, ledger('lineOf', get(counter))),
    ...when(
      not(get(line)),
      set(line, ask('lineAt', load(sub(get(at), num(8))), get(counter))),
      when(not(get(line)), returning(num(-1))),
      when(eq(get(line), num(-1)), set(again, num(1))),
    ),
  ];
  const findStack: Code = when(
    not(eq(get(line), num(noLine))),
    set(line, ledger('child', get(stack), get(line))),
    whenElse(
      eq(get(line), num(-1)),
      [...ask('grow'), ...set(again, num(1))],
      set(stack, get(line)),
    ),
  );
  const keep: Code = [
    ...store(last, get(counter)),
    ...store(last, get(stack), 4),
    ...increment(level),
    ...setFlag('depth', get(level)),
    ...set(at, sub(get(at), num(8))),
  ];
  return loopWhile(
    and(less(get(level), get(count)), not(get(again))),
    set(counter, load(sub(get(at), num(4)))),
    findLine,
    when(not(get(again)), findStack, when(not(get(again)), keep)),
  );
}
