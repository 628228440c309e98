import type { BrythonInternals, GuestFrame } from '../host.ts';

/** Member of `$B`: says which frames are left out. */
const hidesMember = '$tracemalloc_hides';

type Entry = {
  readonly tb_frame: GuestFrame & {
    readonly positions?: readonly (readonly number[])[];
    readonly inum?: number;
  };
  readonly tb_lineno: number;
  /** 2 × the row of the frame's positions + 1. */
  tb_lasti: number;
  readonly tb_next: unknown;
};

type Raised = { __traceback__?: unknown; $tracemalloc_entries?: EntriesLeft };

/** The entries of a whole traceback, and how many of them are outside the frame that has it now. */
type EntriesLeft = { readonly entries: readonly Entry[]; outside: number };

/**
 * Brython's traceback of an exception lists every frame. Those of modules that CPython has in C are
 * none there: they are left out where the list is made.
 */
export function hideFrames(brython: string): string {
  const list = 'while(frame_obj){t.push(frame_obj.frame)\n';
  const shown = `while(frame_obj){if(!$B.${hidesMember}?.(frame_obj.frame)){t.push(frame_obj.frame)}\n`;
  return brython.replace(list, () => shown);
}

/**
 * Makes tracebacks what they are in CPython: without the frames of files that are C there, and
 * beginning at the frame that handles the exception, where Brython's begin at the program.
 */
export function correctTracebacks(
  $B: BrythonInternals,
  isHidden: (file: string | undefined) => boolean,
): void {
  $B[hidesMember] = (frame: GuestFrame) => isHidden(frame.__file__);
  const setException = $B['set_exc'] as (error: Raised, frame: GuestFrame | undefined) => void;
  $B['set_exc'] = (error: Raised, frame: GuestFrame | undefined) => {
    setException(error, frame);
    if (frame !== undefined) beginAt(error, frame);
  };
}

function beginAt(error: Raised, frame: GuestFrame): void {
  error.$tracemalloc_entries ??= entriesOf(error.__traceback__);
  const left = error.$tracemalloc_entries;
  // An exception goes outwards: what is looked for is just outside of where it was last.
  for (let i = left.outside; i >= 0; i--) {
    if (left.entries[i]?.tb_frame !== frame) continue;
    left.outside = i;
    // Where in the line it happened is known when the exception has come up to the frame.
    const entry = left.entries[i]!;
    entry.tb_lasti = entry.tb_frame.inum ?? -1;
    if (!isCurrent(entry)) entry.tb_lasti = -1;
    if (left.entries.includes(error.__traceback__ as Entry)) {
      error.__traceback__ = entry;
    }
    return;
  }
}

function entriesOf(traceback: unknown): EntriesLeft {
  const entries: Entry[] = [];
  let entry = traceback as Entry | undefined;
  while (entry?.tb_frame !== undefined) {
    if (!isCurrent(entry)) entry.tb_lasti = -1;
    entries.push(entry);
    entry = entry.tb_next as Entry | undefined;
  }
  return { entries, outside: entries.length - 1 };
}

/** Whether the position of an entry is of the line that runs: not every statement has one. */
function isCurrent({ tb_frame: frame, tb_lasti: index, tb_lineno: line }: Entry): boolean {
  const position = frame.positions?.[(index - 1) / 2];
  if (position === undefined) return false;
  const [first = 0, second = 0] = position;
  return line >= first && line <= (position.length === 4 ? second : first);
}
