import type { FrameRow, StringRow, TracebackRow, Tracer } from '@tracemalloc/core';
import type { FrameCell, GuestFrame } from './host.ts';
import type { Loops } from './loops.ts';

/** How a file takes part in tracebacks. */
export type FileRole =
  /** Its frames are shown. */
  | 'guest'
  /** C code in CPython: its frames are left out, and its allocations are its caller's. */
  | 'transparent'
  /** Ours: what it allocates is not recorded. */
  | 'own';

/** What {@link FrameReader.rowOf} gives where nothing is to be recorded. */
export const unrecorded = -1;

/**
 * Standard modules that CPython has in C, or runs through C accelerators where Brython has Python.
 * Without this, `deque()` would be charged to a line of Brython's `_collections`.
 */
const transparentModules =
  /^(?:_(?!_main__)|functools\b|itertools\b|operator\b|weakref\b|copyreg\b|bisect\b|heapq\b|collections(?:\/__init__)?(?:\.py)?$)/;

export function isTransparentModule(name: string): boolean {
  return transparentModules.test(name);
}

/** A function of a file: the frames that it can show. */
type Code = {
  readonly role: FileRole;
  /** Builds an object that CPython builds in C: its parts are no objects there. */
  readonly isConstructor: boolean;
  /** Its own row is not what an allocation in it gets. */
  readonly isHidden: boolean;
  readonly file: StringRow;
  readonly name: StringRow;
  /** Lines on which a loop's variable stands, and the lines of these loops. */
  readonly loops: ReadonlyMap<number, number> | undefined;
  /** Written by a library, which fills objects with what its caller passes. */
  readonly isGenerated: boolean;
  /** By line. */
  readonly rows: (FrameRow | undefined)[];
};

/** What is known about a stack that ends at a cell. Kept on the cell, which lives for one call. */
type Context = {
  readonly generation: number;
  readonly code: Code;
  /** The traceback of the caller. Its line cannot change while this call runs. */
  readonly parent: TracebackRow;
  line: number;
  row: TracebackRow;
};

/**
 * Tracebacks of Brython's stack. Brython makes a new cell for each call and never changes it, so
 * the caller's traceback is found once a call and the whole one once a line: the cost does not
 * depend on the depth of the stack or on the traceback limit.
 */
export class FrameReader {
  readonly #tracer: Tracer;
  readonly #codes = new Map<string, Map<string, Code>>();
  readonly #roles = new Map<string, FileRole>();
  /** Cells whose context is missing, innermost first: scratch. */
  readonly #missing: FrameCell[] = [];

  readonly #loops: Loops | undefined;
  /** By traceback: where the ints in what is allocated there come from. */
  readonly #sourceRows = new Map<TracebackRow, TracebackRow>();
  #sourceGeneration = -1;

  constructor(tracer: Tracer, loops?: Loops) {
    this.#tracer = tracer;
    this.#loops = loops;
  }

  /**
   * Where the ints in a container made at `row` come from, as far as that can be told: the loop
   * whose variable stands on its line, or the caller of a namedtuple's constructor. −1 = not known.
   */
  sourceRowOf(row: TracebackRow): number {
    if (this.#sourceGeneration !== this.#tracer.generation) return -1;
    return this.#sourceRows.get(row) ?? -1;
  }

  /** Leaves the frames of `file` out, and what they allocate unrecorded. */
  excludeFile(file: string): void {
    this.#roles.set(file, 'own');
    this.#codes.delete(file);
  }

  /**
   * The traceback of the stack that ends at `cell`; {@link unrecorded} where the adapter's own code
   * is running, and −2 − row in the constructor of a class that CPython has in C.
   */
  rowOf(cell: FrameCell): number {
    const context = cell.$tracemalloc as Context | null | undefined;
    const line = cell.frame.$lineno;
    if (
      context === null ||
      context === undefined ||
      context.generation !== this.#tracer.generation
    ) {
      return this.#enter(cell);
    }
    if (context.line === line && !context.code.isHidden) return context.row;
    return this.#moveTo(context, line);
  }

  /**
   * Takes the frame of `cell` out of the tracebacks from now on, although Brython leaves it on its
   * stack: CPython has left a class body when the class is built.
   */
  close(cell: FrameCell): void {
    // A frame of ours stays one to its end.
    if (this.#codeOf(cell.frame).role === 'own') return;
    const known = cell.$tracemalloc as Context | null | undefined;
    const generation = this.#tracer.generation;
    const current = known !== null && known !== undefined && known.generation === generation;
    const parent = current ? known.parent : this.parentOf(cell);
    const context: Context = { generation, code: closedCode, parent, line: -1, row: parent };
    cell.$tracemalloc = context;
  }

  #moveTo(context: Context, line: number): number {
    const { code } = context;
    context.line = line;
    if (code.role === 'guest') {
      context.row = this.#tracer.extend(context.parent, this.#frameOf(code, line));
      const loop = code.loops?.get(line);
      if (loop !== undefined) {
        this.#noteSource(context, this.#tracer.extend(context.parent, this.#frameOf(code, loop)));
      } else if (code.isGenerated) this.#noteSource(context, context.parent);
    }
    return code.isHidden ? hiddenRow(code, context.row) : context.row;
  }

  #noteSource({ row }: Context, source: TracebackRow): void {
    if (this.#sourceGeneration !== this.#tracer.generation) {
      this.#sourceGeneration = this.#tracer.generation;
      this.#sourceRows.clear();
    }
    this.#sourceRows.set(row, source);
  }

  #frameOf(code: Code, line: number): FrameRow {
    const known = code.rows[line];
    if (known !== undefined) return known;
    const row = this.#tracer.frame(code.file, line, code.name);
    code.rows[line] = row;
    return row;
  }

  /** Makes the contexts of `cell` and of its callers as far as they are missing, outermost first. */
  #enter(cell: FrameCell): number {
    const missing = this.#missing;
    let parent: TracebackRow = 0;
    let isInside = false;
    for (let at: FrameCell | null = cell; at !== null; at = callerOf(at)) {
      const context = at.$tracemalloc as Context | null | undefined;
      if (
        context !== null &&
        context !== undefined &&
        context.generation === this.#tracer.generation
      ) {
        this.#moveTo(context, at.frame.$lineno);
        parent = context.row;
        isInside = context.code.isConstructor;
        break;
      }
      missing.push(at);
    }
    let row: number = parent;
    for (let i = missing.length - 1; i >= 0; i--) {
      const at = missing[i]!;
      const context = this.#contextOf(at.frame, parent, isInside);
      isInside = context.code.isConstructor;
      at.$tracemalloc = context;
      row = this.#moveTo(context, at.frame.$lineno);
      parent = context.row;
    }
    // A cell left behind here would keep its frame's variables alive.
    missing.length = 0;
    return row;
  }

  #contextOf(frame: GuestFrame, parent: TracebackRow, isInside: boolean): Context {
    const own = this.#codeOf(frame);
    // What a constructor in C calls is in C, too.
    const code = isInside && own.role === 'transparent' ? insideCode : own;
    // A frame that is not shown has its caller's traceback for its own.
    return { generation: this.#tracer.generation, code, parent, line: -1, row: parent };
  }

  /** The traceback of the caller of `cell`: CPython makes the cells of closures before the call. */
  parentOf(cell: FrameCell): TracebackRow {
    const caller = callerOf(cell);
    if (caller === null) return 0;
    const row = this.rowOf(caller);
    return row >= 0 ? row : row === unrecorded ? 0 : -2 - row;
  }

  #codeOf(frame: GuestFrame): Code {
    const file = frame.__file__ ?? '<unknown>';
    const name = functionNameOf(frame);
    let codes = this.#codes.get(file);
    if (codes === undefined) {
      codes = new Map();
      this.#codes.set(file, codes);
    }
    let code = codes.get(name);
    if (code === undefined) {
      const role = this.#roleOf(file);
      const isConstructor = role === 'transparent' && /^__(?:init|new|setitem)__$/.test(name);
      code = {
        role,
        isConstructor,
        isHidden: role === 'own' || isConstructor,
        file: this.#tracer.string(file),
        name: this.#tracer.string(name),
        loops: this.#loops?.ofFile(file),
        isGenerated: role === 'guest' && file === '<string>',
        rows: [],
      };
      codes.set(name, code);
    }
    return code;
  }

  #roleOf(file: string): FileRole {
    return (
      this.#roles.get(file) ??
      (file.startsWith('VFS.') && isTransparentModule(file.slice(4)) ? 'transparent' : 'guest')
    );
  }
}

/** Code that a constructor calls which CPython has in C. */
const insideCode: Code = {
  role: 'transparent',
  isConstructor: true,
  isHidden: true,
  file: 0 as StringRow,
  name: 0 as StringRow,
  loops: undefined,
  isGenerated: false,
  rows: [],
};

const closedCode: Code = {
  role: 'transparent',
  isConstructor: false,
  isHidden: false,
  file: 0 as StringRow,
  name: 0 as StringRow,
  loops: undefined,
  isGenerated: false,
  rows: [],
};

function hiddenRow(code: Code, row: TracebackRow): number {
  return code.role === 'own' ? unrecorded : -2 - row;
}

/** Generator expressions push their frame twice; that is one call. */
function callerOf(cell: FrameCell): FrameCell | null {
  let caller = cell.prev;
  while (caller !== null && caller.frame === cell.frame) caller = caller.prev;
  return caller;
}

/** CPython's name of a frame: Brython calls a module's frame by the module's name. */
function functionNameOf(frame: GuestFrame): string {
  const name = String(frame[0]);
  return name === frame[2] && frame[1] === frame[3] ? '<module>' : name;
}
