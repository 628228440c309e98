import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '@tracemalloc/core';
import {
  type Agreement,
  type Answer,
  agreementOf,
  type LineRow,
  type TracebackRow,
} from '../python/parity.ts';
import { createGuest, type Guest } from './guest.ts';

export const folder: string = fileURLToPath(new URL('../python/programs/', import.meta.url));
export const golden = JSON.parse(
  readFileSync(new URL('../python/programs.json', import.meta.url), 'utf8'),
) as { nframe: number; programs: Record<string, Answer> };

/** Runs every program of test/python/programs in Brython and compares it with CPython's answer. */
export async function compareWithCpython(): Promise<Agreement[]> {
  const agreements: Agreement[] = [];
  for (const [program, answer] of Object.entries(golden.programs)) {
    agreements.push(agreementOf(program, answer, await answerOfGuest(program)));
  }
  return agreements;
}

async function answerOfGuest(program: string): Promise<Answer> {
  const guest = await createGuest();
  const { tracer, runtime } = guest;
  importStandardModules(guest, program);
  tracer.start(golden.nframe);
  const source = readFileSync(folder + program, 'utf8');
  const { exitCode } = runtime.run({ source, filename: program, folder });
  if (exitCode !== 0) throw new Error(`${program} ended with exit status ${exitCode}`);
  const snapshot = tracer.takeSnapshot();
  tracer.stop();
  return answerOf(snapshot);
}

/** In CPython these are frozen or loaded before the program runs. */
function importStandardModules(guest: Guest, program: string): void {
  const imports = readFileSync(folder + program, 'utf8')
    .split('\n')
    .filter((line) => /^(?:from|import) (?:collections|dataclasses)\b/.test(line));
  guest.run(imports.join('\n'), 'imports_of_program.py');
}

export function answerOf(snapshot: Snapshot): Answer {
  const lines = new Map<string, LineRow>();
  const tracebacks = new Map<string, TracebackRow>();
  for (const trace of snapshot.traces) {
    const frames = [...trace.traceback.frames]
      .reverse()
      .map(({ filename, lineno }) => [programFile(filename), lineno] as const);
    const [file, line] = frames[0]!;
    if (file === null) continue;
    const inside = frames.filter((frame): frame is readonly [string, number] => frame[0] !== null);
    const known = lines.get(`${file}:${line}`);
    lines.set(`${file}:${line}`, [
      file,
      line,
      (known?.[2] ?? 0) + trace.size,
      (known?.[3] ?? 0) + 1,
    ]);
    const key = JSON.stringify(inside);
    const stack = tracebacks.get(key);
    tracebacks.set(key, [inside, (stack?.[1] ?? 0) + trace.size, (stack?.[2] ?? 0) + 1]);
  }
  return {
    // As generate_programs.py sorts: lines of one size by file and line.
    lines: [...lines.values()].sort(
      (a, b) => b[2] - a[2] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]),
    ),
    tracebacks: [...tracebacks.values()].sort((a, b) => b[1] - a[1]),
  };
}

const files = new Set(readdirSync(folder));

/** The program's file of a frame, or null for the interpreter's own. */
function programFile(filename: string): string | null {
  const name = filename.startsWith(folder) ? filename.slice(folder.length) : filename;
  return files.has(name) ? name : null;
}
