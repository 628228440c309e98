import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '@tracemalloc/core';
import type { Answer, LineRow, TracebackRow } from './parity.ts';

/** The sets of programs, in the order in which they were written. */
export const setNames = ['programs', 'courses', 'unseen', 'last', 'newest'] as const;

/** Programs in a folder, and what CPython answers for each (generate_programs.py). */
export type ProgramSet = {
  readonly name: (typeof setNames)[number];
  /** With a `/` at its end. */
  readonly folder: string;
  readonly nframe: number;
  readonly answers: Readonly<Record<string, Answer>>;
};

/**
 * `programs`: one a part of the language; sizes were fitted with them in sight. `courses`: what
 * beginners are set to write; measured once before anything was changed for them. `unseen`, `last`,
 * `newest`: the same, written later.
 */
export function programSet(name: ProgramSet['name']): ProgramSet {
  const folder = fileURLToPath(new URL(`${name}/`, import.meta.url));
  const golden = JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as {
    nframe: number;
    programs: Record<string, Answer>;
  };
  return { name, folder, nframe: golden.nframe, answers: golden.programs };
}

/** What a snapshot says of the files of a program set. */
export function answerOf(snapshot: Snapshot, { folder }: ProgramSet): Answer {
  const files = new Set(readdirSync(folder));
  /** The program's file of a frame, or null for the interpreter's own. */
  const programFile = (filename: string): string | null => {
    const name = filename.startsWith(folder) ? filename.slice(folder.length) : filename;
    return files.has(name) ? name : null;
  };
  const lines = new Map<string, LineRow>();
  const tracebacks = new Map<string, TracebackRow>();
  for (const { traceback, size, count } of snapshot.statistics('traceback')) {
    const frames = [...traceback.frames]
      .reverse()
      .map(({ filename, lineno }) => [programFile(filename), lineno] as const);
    const [file, line] = frames[0]!;
    if (file === null) continue;
    const inside = frames.filter((frame): frame is readonly [string, number] => frame[0] !== null);
    const known = lines.get(`${file}:${line}`);
    lines.set(`${file}:${line}`, [file, line, (known?.[2] ?? 0) + size, (known?.[3] ?? 0) + count]);
    const key = JSON.stringify(inside);
    const stack = tracebacks.get(key);
    tracebacks.set(key, [inside, (stack?.[1] ?? 0) + size, (stack?.[2] ?? 0) + count]);
  }
  return {
    // As generate_programs.py sorts: lines of one size by file and line.
    lines: [...lines.values()].sort(
      (a, b) => b[2] - a[2] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]),
    ),
    tracebacks: [...tracebacks.values()].sort((a, b) => b[1] - a[1]),
  };
}
