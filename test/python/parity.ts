/** A block of memory at a place: `file`, 1-based line, bytes, blocks. */
export type LineRow = readonly [file: string, line: number, size: number, count: number];

/** Frames MOST RECENT FIRST, bytes, blocks. */
export type TracebackRow = readonly [
  frames: readonly (readonly [file: string, line: number])[],
  size: number,
  count: number,
];

/** What one program allocated and kept. Rows by size, the biggest first. */
export type Answer = {
  readonly lines: readonly LineRow[];
  readonly tracebacks: readonly TracebackRow[];
};

/** How a guest's answer agrees with CPython's. */
export type Agreement = {
  readonly program: string;
  /** Places of CPython's top ten, fewer in a small program. */
  readonly places: number;
  /** Places with the same file and line; lines within 10 % of each other may stand in any order. */
  readonly samePlace: number;
  /** Lines of CPython's top ten that are in the guest's too. */
  readonly inTop: number;
  /** Of these, how many have a size within 10 % of CPython's. */
  readonly sameSize: number;
  /** Tracebacks of the lines that both know; equal means that both have it, frame by frame. */
  readonly tracebacks: number;
  readonly sameTracebacks: number;
  /** Tracebacks of CPython's that are left out, since they have nothing but a block of a free list. */
  readonly freeLists: number;
  /** Lines of CPython's top ten that are not in the guest's with a size within 10 %: `file:line`. */
  readonly off: readonly string[];
  /** What differs, in words. */
  readonly differences: readonly string[];
};

const TOP = 10;
const SIZE_TOLERANCE = 0.1;

export function agreementOf(program: string, cpython: Answer, guest: Answer): Agreement {
  const top = cpython.lines.slice(0, TOP);
  const guestTop = guest.lines.slice(0, top.length);
  const differences: string[] = [];
  const off: string[] = [];
  let samePlace = 0;
  let inTop = 0;
  let sameSize = 0;
  for (const [place, row] of top.entries()) {
    const there = guestTop[place];
    const same = there !== undefined && (placeOf(there) === placeOf(row) || isTie(top, row, there));
    if (same) samePlace++;
    const guestPlace = guestTop.findIndex((other) => placeOf(other) === placeOf(row));
    if (guestPlace >= 0) inTop++;
    const size = guest.lines.find((other) => placeOf(other) === placeOf(row))?.[2] ?? 0;
    const isSameSize = Math.abs(size - row[2]) <= SIZE_TOLERANCE * row[2];
    if (guestPlace >= 0 && isSameSize) sameSize++;
    else off.push(placeOf(row));
    if (!same || !isSameSize) {
      const at = guestPlace < 0 ? 'not in the top' : `place ${guestPlace + 1}`;
      differences.push(`place ${place + 1} ${placeOf(row)}: ${row[2]} B, guest ${size} B, ${at}`);
    }
  }
  const stacks = tracebackAgreement(cpython, guest);
  differences.push(...stacks.differences);
  return {
    program,
    places: top.length,
    samePlace,
    inTop,
    sameSize,
    tracebacks: stacks.total,
    sameTracebacks: stacks.same,
    freeLists: stacks.freeLists,
    off,
    differences,
  };
}

function placeOf([file, line]: LineRow): string {
  return `${file}:${line}`;
}

/** Whether CPython gives both lines about the same size, so that their order means nothing. */
function isTie(top: readonly LineRow[], row: LineRow, there: LineRow): boolean {
  const other = top.find((one) => placeOf(one) === placeOf(there));
  return other !== undefined && Math.abs(other[2] - row[2]) <= SIZE_TOLERANCE * row[2];
}

type Stacks = {
  readonly total: number;
  readonly same: number;
  readonly freeLists: number;
  readonly differences: string[];
};

/** Tracebacks of both sides that end on a line that both know: what only one side has, differs. */
function tracebackAgreement(cpython: Answer, guest: Answer): Stacks {
  const lines = new Set(cpython.lines.map(placeOf));
  const shared = new Set(guest.lines.map(placeOf).filter((place) => lines.has(place)));
  const ours = stacksOf(guest, shared);
  const all = stacksOf(cpython, shared);
  const theirs = stacksOf({ ...cpython, tracebacks: withoutFreeLists(cpython) }, shared);
  const differences: string[] = [];
  for (const stack of ours) if (!theirs.has(stack)) differences.push(`only the guest has ${stack}`);
  for (const stack of theirs) if (!ours.has(stack)) differences.push(`only CPython has ${stack}`);
  const total = new Set([...ours, ...theirs]).size;
  const freeLists = all.size - theirs.size;
  return { total, same: total - differences.length, freeLists, differences };
}

/** Bytes of a dict's table for 5 names. */
const smallTable = 120;

/**
 * When a class body has ended, CPython keeps the table of the names that stood in it for a later dict
 * (`Objects/dictobject.c`, its free list): one dead block, in the body's own frame on the line of its class.
 */
function withoutFreeLists({ tracebacks }: Answer): Answer['tracebacks'] {
  return tracebacks.filter(([[body, caller], size, count]) => {
    const isBody = body !== undefined && body.join() === caller?.join();
    return !(isBody && size === smallTable && count === 1);
  });
}

function stacksOf(answer: Answer, lines: ReadonlySet<string>): Set<string> {
  const stacks = new Set<string>();
  for (const [frames] of answer.tracebacks) {
    const newest = frames[0]!;
    if (!lines.has(`${newest[0]}:${newest[1]}`)) continue;
    stacks.add(frames.map(([file, line]) => `${file}:${line}`).join(' < '));
  }
  return stacks;
}

/** How several programs agree together. */
export function totalOf(agreements: readonly Agreement[]): Agreement {
  const total = (pick: (one: Agreement) => number): number =>
    agreements.reduce((sum, one) => sum + pick(one), 0);
  return {
    program: 'all',
    places: total((one) => one.places),
    samePlace: total((one) => one.samePlace),
    inTop: total((one) => one.inTop),
    sameSize: total((one) => one.sameSize),
    tracebacks: total((one) => one.tracebacks),
    sameTracebacks: total((one) => one.sameTracebacks),
    freeLists: total((one) => one.freeLists),
    off: [],
    differences: [],
  };
}

/** The agreements as a table, one program a line, and their totals. */
export function parityTable(agreements: readonly Agreement[]): string {
  const header = ['program', 'same place', 'in top', 'size ±10 %', 'tracebacks'];
  const rows = [...agreements, totalOf(agreements)].map((one) => [
    one.program,
    share(one.samePlace, one.places),
    share(one.inTop, one.places),
    share(one.sameSize, one.places),
    share(one.sameTracebacks, one.tracebacks),
  ]);
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length)),
  );
  return [header, ...rows]
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))),
    )
    .map((row) => row.join('  '))
    .join('\n');
}

/** `part/whole percent %`. */
function share(part: number, whole: number): string {
  const percent = whole === 0 ? 100 : (100 * part) / whole;
  return `${part}/${whole} ${percent.toFixed(0).padStart(3)} %`;
}
