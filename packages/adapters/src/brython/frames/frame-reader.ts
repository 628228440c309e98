import type { FrameRow, LabelRow, TracebackRow, Tracer } from '@tracemalloc/core';
import { noLabel } from '../../contract/index.ts';
import type { HostStack } from '../../host-frames/index.ts';
import type { ProgramText } from '../code/program-text.ts';
import type { FrameCell, GuestFrame } from '../host.ts';
import { type Code, Codes, hiddenCode } from './codes.ts';
import { FrameLabels } from './frame-labels.ts';
import { type FoundRow, hidden, shownRow, unrecorded } from './rows.ts';

/** What a block is made for, which is all that there is of an allocator. */
export type Allocator = 'object' | 'items' | 'growth' | 'definition';

/** What is known about a stack that ends at a cell. Kept on the cell, which lives for one call. */
type Context = {
  readonly generation: number;
  readonly code: Code;
  /** The traceback of the caller. Its line cannot change while this call runs. */
  readonly parent: TracebackRow;
  line: number;
  row: TracebackRow;
  label: LabelRow;
};

/**
 * Tracebacks of Brython's stack. Brython makes a new cell for each call and never changes it, so
 * the caller's traceback is found once a call and the whole one once a line: the cost does not
 * depend on the depth of the stack or on the traceback limit.
 */
export class FrameReader {
  readonly labels: FrameLabels;
  readonly #tracer: Tracer;
  readonly #codes: Codes;
  readonly #native: HostStack | null;
  /** Cells whose context is missing, innermost first: scratch. */
  readonly #missing: FrameCell[] = [];
  /** By traceback: where the ints in what is allocated there come from. */
  readonly #sourceRows = new Map<TracebackRow, TracebackRow>();
  #sourceGeneration = -1;
  #importFrame: FrameRow | null = null;

  /**
   * @param text What the frames' programs are known by; without it they have Brython's names.
   * @param native Reads Brython's own functions, too; `null` where nobody asks for them.
   */
  constructor(tracer: Tracer, text?: ProgramText, native: HostStack | null = null) {
    this.#tracer = tracer;
    this.#native = native;
    this.labels = new FrameLabels(tracer);
    this.#codes = new Codes(tracer, text);
  }

  /**
   * Where the ints in a container made at `row` come from, as far as that can be told: the loop
   * whose variable stands on its line, or the caller of a namedtuple's constructor. −1 = not known.
   */
  sourceRowOf(row: TracebackRow): number {
    if (this.#sourceGeneration !== this.#tracer.generation) return -1;
    return this.#sourceRows.get(row) ?? -1;
  }

  /** `row` with Brython's own functions that run now above it, where somebody asks for them. Hot. */
  native(row: TracebackRow, allocator: Allocator): TracebackRow {
    const native = this.#native;
    return native === null ? row : native.onto(row, native.allocator(allocator));
  }

  /** The same of a block that was made before this moment, whose functions are gone. */
  nativeLater(row: TracebackRow, allocator: Allocator): TracebackRow {
    const native = this.#native;
    return native === null ? row : native.madeBy(row, native.allocator(allocator));
  }

  /** `row` with the code above it that imports modules, which is Python in CPython and JavaScript here. */
  importing(row: TracebackRow): TracebackRow {
    const tracer = this.#tracer;
    this.#importFrame ??= tracer.frame(
      tracer.string('<frozen importlib._bootstrap>'),
      488,
      tracer.string('_call_with_frames_removed'),
    );
    return tracer.extend(row, this.#importFrame);
  }

  /** Leaves the frames of `file` out, and what they allocate unrecorded. */
  excludeFile(file: string): void {
    this.#codes.excludeFile(file);
  }

  /**
   * The traceback of the stack that ends at `cell`: {@link unrecorded} where the adapter's own code
   * is running, a {@link hidden} row in the constructor of a class that CPython has in C. What is
   * allocated next has the label of that frame.
   */
  rowOf(cell: FrameCell): FoundRow {
    const context = cell.$tracemalloc as Context | null | undefined;
    const line = cell.frame.$lineno;
    if (
      context === null ||
      context === undefined ||
      context.generation !== this.#tracer.generation
    ) {
      return this.#enter(cell);
    }
    const { label } = context;
    if (label !== noLabel || this.labels.at !== noLabel) this.labels.use(label);
    if (context.line === line && !context.code.isHidden) return context.row;
    return this.#moveTo(context, line);
  }

  /** The same, and {@link unrecorded} where the code that runs is C in CPython. Hot. */
  rowOfGuest(cell: FrameCell): FoundRow {
    const row = this.rowOf(cell);
    return (cell.$tracemalloc as Context).code.role === 'guest' ? row : unrecorded;
  }

  /** The traceback that `cell` has while it is on another line. */
  rowAtLine(cell: FrameCell, line: number): FoundRow {
    const row = this.rowOf(cell);
    const { code, parent } = cell.$tracemalloc as Context;
    if (row < 0 || code.role !== 'guest') return row;
    return this.#tracer.extend(parent, this.#codes.rowAt(code, line));
  }

  /**
   * Takes the frame of `cell` out of the tracebacks from now on, although Brython leaves it on its
   * stack: CPython has left a class body when the class is built.
   */
  close(cell: FrameCell): void {
    // A frame of ours stays one to its end.
    if (this.#codes.ofFrame(cell.frame).role === 'own') return;
    const known = cell.$tracemalloc as Context | null | undefined;
    const generation = this.#tracer.generation;
    const current = known !== null && known !== undefined && known.generation === generation;
    if (!current && this.rowOf(cell) === unrecorded) return;
    if (current && known.code.isDoneAtStart) return;
    const parent = current ? known.parent : this.parentOf(cell);
    const label = current ? known.label : this.labels.of(cell.frame, noLabel);
    const context: Context = { generation, code: closedCode, parent, line: -1, row: parent, label };
    cell.$tracemalloc = context;
  }

  /** The frame that called the running function gets a label. */
  pushLabel(running: FrameCell, label: LabelRow): void {
    const caller = callerOf(running);
    if (caller !== null) this.#forget(this.labels.push(caller, label), running);
  }

  popLabel(running: FrameCell): void {
    const caller = callerOf(running);
    if (caller !== null) this.#forget(this.labels.pop(caller), running);
  }

  /** The running function gets a label itself. */
  setLabel(running: FrameCell, label: LabelRow): void {
    this.labels.push(running, label);
    running.$tracemalloc = null;
  }

  /** The label in the running function; {@link noLabel} where the guest has given none. */
  labelOf(running: FrameCell): LabelRow {
    this.rowOf(running);
    return (running.$tracemalloc as Context).label;
  }

  /** The label of `cell` has changed: the frames from there on are looked at anew. */
  #forget(cell: FrameCell, running: FrameCell): void {
    for (let at: FrameCell | null = running; at !== null && at !== cell.prev; at = at.prev) {
      const context = at.$tracemalloc as Context | null | undefined;
      // The frame of a class body that has ended is no other for it.
      if (context?.code !== closedCode) at.$tracemalloc = null;
    }
  }

  #moveTo(context: Context, line: number): FoundRow {
    const { code } = context;
    context.line = line;
    if (code.role === 'guest') {
      context.row = this.#tracer.extend(context.parent, this.#codes.rowAt(code, line));
      const loop = code.loops?.get(line);
      if (loop !== undefined) {
        this.#noteSource(
          context,
          this.#tracer.extend(context.parent, this.#codes.rowAt(code, loop)),
        );
      } else if (code.isGenerated) this.#noteSource(context, context.parent);
    }
    return code.isHidden ? foundRow(code, context.row) : context.row;
  }

  #noteSource({ row }: Context, source: TracebackRow): void {
    if (this.#sourceGeneration !== this.#tracer.generation) {
      this.#sourceGeneration = this.#tracer.generation;
      this.#sourceRows.clear();
    }
    this.#sourceRows.set(row, source);
  }

  /** Makes the contexts of `cell` and of its callers as far as they are missing, outermost first. */
  #enter(cell: FrameCell): FoundRow {
    const missing = this.#missing;
    let parent: TracebackRow = 0;
    let label: LabelRow = noLabel;
    let caller: Code | null = null;
    for (let at: FrameCell | null = cell; at !== null; at = callerOf(at)) {
      const context = at.$tracemalloc as Context | null | undefined;
      if (
        context !== null &&
        context !== undefined &&
        context.generation === this.#tracer.generation
      ) {
        this.#moveTo(context, at.frame.$lineno);
        parent = context.row;
        label = context.label;
        caller = context.code;
        break;
      }
      missing.push(at);
    }
    let row: FoundRow = parent;
    for (let i = missing.length - 1; i >= 0; i--) {
      const at = missing[i]!;
      label =
        callerOf(at) === null ? this.labels.ofEntry(at.frame) : this.labels.of(at.frame, label);
      const context = this.#contextOf(at.frame, parent, caller, label);
      caller = context.code;
      at.$tracemalloc = context;
      row = this.#moveTo(context, at.frame.$lineno);
      parent = context.row;
    }
    // A cell left behind here would keep its frame's variables alive.
    missing.length = 0;
    if (label !== noLabel || this.labels.at !== noLabel) this.labels.use(label);
    return row;
  }

  #contextOf(
    frame: GuestFrame,
    parent: TracebackRow,
    caller: Code | null,
    label: LabelRow,
  ): Context {
    const own = this.#codes.ofFrame(frame);
    let code = own;
    if (caller?.isDoneAtStart) code = startCode;
    // What a constructor in C calls is in C, too.
    else if (caller?.isConstructor && own.role === 'transparent') code = insideCode;
    // A frame that is not shown has its caller's traceback for its own.
    return { generation: this.#tracer.generation, code, parent, line: -1, row: parent, label };
  }

  /** The traceback of the caller of `cell`: CPython makes the cells of closures before the call. */
  parentOf(cell: FrameCell): TracebackRow {
    const caller = callerOf(cell);
    if (caller === null) return 0;
    const row = this.rowOf(caller);
    return row === unrecorded ? 0 : shownRow(row);
  }
}

/** Code that a constructor calls which CPython has in C. */
const insideCode = hiddenCode({ isConstructor: true });

/** Code that is called while a module is imported that CPython has at its start. */
const startCode = hiddenCode({ isDoneAtStart: true });

/** A class body that has ended. */
const closedCode = hiddenCode({});

function foundRow(code: Code, row: TracebackRow): FoundRow {
  return code.role === 'own' || code.isDoneAtStart ? unrecorded : hidden(row);
}

/** Generator expressions push their frame twice; that is one call. */
function callerOf(cell: FrameCell): FrameCell | null {
  let caller = cell.prev;
  while (caller !== null && caller.frame === cell.frame) caller = caller.prev;
  return caller;
}
