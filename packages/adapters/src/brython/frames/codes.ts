import type { FrameRow, StringRow, Tracer } from '@tracemalloc/core';
import type { ProgramText } from '../code/program-text.ts';
import type { GuestFrame } from '../host.ts';
import { isShownCode, isThereAtStart, isTransparentModule } from './transparent-modules.ts';

/** How code takes part in tracebacks. */
type Role =
  /** Its frames are shown. */
  | 'guest'
  /** C code in CPython: its frames are left out, and its allocations are its caller's. */
  | 'transparent'
  /** Ours: what it allocates is not recorded. */
  | 'own';

/** A function of a file: the frames that it can show. */
export type Code = {
  readonly role: Role;
  /** Builds an object that CPython builds in C: its parts are no objects there. */
  readonly isConstructor: boolean;
  /** Its own row is not what an allocation in it gets. */
  readonly isHidden: boolean;
  readonly file: StringRow;
  readonly name: StringRow;
  /** Lines on which a loop's variable stands, and the lines of these loops. */
  readonly loops: ReadonlyMap<number, number> | undefined;
  /** What it and all that it calls allocate is not recorded: CPython has done it before. */
  readonly isDoneAtStart: boolean;
  /** Written by a library, which fills objects with what its caller passes. */
  readonly isGenerated: boolean;
  /** By line. */
  readonly rows: (FrameRow | undefined)[];
};

/** The functions of one name in one file, by the line that they begin on. */
type Namesakes = { line: number; code: Code; readonly all: Map<number, Code> };

/** The code of frames, each function once. */
export class Codes {
  readonly #tracer: Tracer;
  readonly #text: ProgramText | undefined;
  readonly #files = new Map<string, Map<string, Namesakes>>();
  readonly #roles = new Map<string, Role>();

  constructor(tracer: Tracer, text?: ProgramText) {
    this.#tracer = tracer;
    this.#text = text;
  }

  /** Leaves the frames of `file` out, and what they allocate unrecorded. */
  excludeFile(file: string): void {
    this.#roles.set(file, 'own');
    this.#files.delete(file);
  }

  /** Called once a call. */
  ofFrame(frame: GuestFrame): Code {
    const file = frame.__file__ ?? '<unknown>';
    let names = this.#files.get(file);
    if (names === undefined) {
      names = new Map();
      this.#files.set(file, names);
    }
    const name = frame[0] as string;
    const line = lineOf(frame);
    const namesakes = names.get(name);
    if (namesakes !== undefined && namesakes.line === line) return namesakes.code;
    return this.#find(frame, file, names, line);
  }

  rowAt(code: Code, line: number): FrameRow {
    const known = code.rows[line];
    if (known !== undefined) return known;
    const row = this.#tracer.frame(code.file, line, code.name);
    code.rows[line] = row;
    return row;
  }

  #find(frame: GuestFrame, file: string, names: Map<string, Namesakes>, line: number): Code {
    const name = frame[0] as string;
    const namesakes = names.get(name);
    const code = namesakes?.all.get(line) ?? this.#codeOf(frame, file, line);
    if (namesakes === undefined) names.set(name, { line, code, all: new Map([[line, code]]) });
    else {
      namesakes.all.set(line, code);
      namesakes.line = line;
      namesakes.code = code;
    }
    return code;
  }

  #codeOf(frame: GuestFrame, file: string, line: number): Code {
    const name = nameOf(frame);
    const role = this.#roleOf(file, name);
    const isDoneAtStart =
      name === '<module>' && file.startsWith('VFS.') && isThereAtStart(file.slice(4));
    const isConstructor = role === 'transparent' && /^__(?:init|new|setitem)__$/.test(name);
    const qualified = this.#text?.scopes.qualifiedName(file, name, line) ?? ownNameOf(frame, name);
    return {
      role,
      isConstructor,
      isDoneAtStart,
      isHidden: role === 'own' || isConstructor || isDoneAtStart,
      file: this.#tracer.string(file),
      name: this.#tracer.string(qualified),
      loops: this.#text?.loops.ofFile(file),
      isGenerated: role === 'guest' && file === '<string>',
      rows: [],
    };
  }

  #roleOf(file: string, name: string): Role {
    const known = this.#roles.get(file);
    if (known !== undefined || !file.startsWith('VFS.')) return known ?? 'guest';
    const module = file.slice(4);
    return isTransparentModule(module) && !isShownCode(module, name) ? 'transparent' : 'guest';
  }
}

/** Code whose frame is not shown, of no file. */
export function hiddenCode({
  isConstructor = false,
  isDoneAtStart = false,
}: Partial<Pick<Code, 'isConstructor' | 'isDoneAtStart'>>): Code {
  return {
    role: 'transparent',
    isConstructor,
    isDoneAtStart,
    isHidden: isConstructor || isDoneAtStart,
    file: 0,
    name: 0,
    loops: undefined,
    isGenerated: false,
    rows: [],
  };
}

/** What tells functions of one name apart: the line of the `def`, or where a class body is now. */
function lineOf(frame: GuestFrame): number {
  const { $function_infos: infos } = (frame[4] ?? frame) as { $function_infos?: unknown[] };
  return (infos?.[infoIndex.line] ?? frame.$lineno) as number;
}

/** CPython's name of a frame: Brython calls a module's frame by the module's name. */
function nameOf(frame: GuestFrame): string {
  const name = String(frame[0]);
  return name === frame[2] && frame[1] === frame[3] ? '<module>' : name;
}

/** What Brython calls a function that nobody here has seen compiled: `Reader.run`, at least. */
function ownNameOf(frame: GuestFrame, name: string): string {
  const { $function_infos: infos } = (frame[4] ?? frame) as { $function_infos?: unknown[] };
  const qualified = infos?.[infoIndex.qualifiedName];
  return typeof qualified === 'string' && qualified.endsWith(name) ? qualified : name;
}

/** Where Brython keeps what it knows of a function. */
export const infoIndex = { qualifiedName: 2, line: 11, flags: 12 } as const;
