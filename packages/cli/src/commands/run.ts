import { createRequire } from 'node:module';
import { installGuestModule } from '@tracemalloc/adapters/brython';
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { CliError, exitStatus } from '../cli-error.ts';
import { displayTop } from '../display-top.ts';
import { realFiles } from '../guest-files.ts';
import type { Io } from '../io.ts';
import { checkOutput } from '../output-file.ts';
import { findProgram, type Program } from '../program.ts';
import { formatOfName, writeSnapshot } from '../snapshot-file.ts';
import { sourceLines } from '../source-lines.ts';
import { startupNframe } from '../startup.ts';

/** Options of `run`, as the parser gives them. */
export type RunOptions = {
  readonly nframe?: string;
  readonly X?: readonly string[];
  readonly interpreter: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly limit: number;
  readonly quiet?: boolean;
  readonly m?: string;
  readonly c?: string;
};

/**
 * Frames kept when nobody says how many. Python's own default is 1; here a deep traceback costs
 * the guest no more than a single frame, and a snapshot without callers answers half as much.
 */
export const defaultNframe = 25;

/**
 * Runs a Python program and shows where its memory went. The program's output and exit status are
 * its own; the report goes to stderr.
 *
 * @returns the exit status. @throws CliError before the program starts, or when the snapshot could
 * not be written after it.
 */
export async function run(args: readonly string[], options: RunOptions, io: Io): Promise<number> {
  if (options.interpreter !== 'brython') {
    throw new CliError(
      exitStatus.usage,
      `--interpreter must be brython, got '${options.interpreter}'`,
    );
  }
  const nframe = startupNframe(
    { nframe: options.nframe, xOptions: options.X ?? [], variable: io.env['PYTHONTRACEMALLOC'] },
    defaultNframe,
  );
  const program = findProgram({ args, module: options.m, code: options.c }, io.cwd);
  if (options.output !== undefined) checkOutput(options.output, io.cwd, options.force === true);
  const { exitCode, snapshot } = await trace(program, nframe, io);
  if (snapshot !== null) report(snapshot, program, options, io);
  else if (options.output !== undefined) throw notTracing(options.output);
  return exitCode;
}

type Traced = { readonly exitCode: number; readonly snapshot: Snapshot | null };

async function trace(program: Program, nframe: number, io: Io): Promise<Traced> {
  const runtime = await createBrython({
    argv: program.argv,
    stdout: io.stdout,
    stderr: io.stderr,
  });
  const tracer = new Tracer();
  const adapter = runtime.attach(tracer, {
    onWarning: (message) => io.stderr(`tracemalloc: ${message}\n`),
  });
  installGuestModule(runtime.$B, adapter, { files: realFiles(io.cwd) });
  if (nframe > 0) tracer.start(nframe);
  const { exitCode } = runtime.run({ source: program.source, filename: program.filename });
  adapter.collect();
  const snapshot = tracer.isTracing() ? tracer.takeSnapshot() : null;
  return { exitCode, snapshot };
}

function report(snapshot: Snapshot, program: Program, options: RunOptions, io: Io): void {
  if (options.output !== undefined) {
    const format = formatOfName(options.output) ?? 'tm';
    writeSnapshot(snapshot, options.output, format, io);
    if (options.quiet !== true) io.stderr(`Wrote ${options.output}\n`);
  }
  if (options.quiet === true) return;
  const getLine = sourceLines(io.cwd, { [program.filename]: program.source });
  io.stderr(displayTop(snapshot, { limit: options.limit, getLine }));
}

function notTracing(output: string): CliError {
  return new CliError(
    exitStatus.notWritten,
    `${output} was not written: the program ended with tracing stopped, so there is no snapshot. ` +
      'Let it call tracemalloc.start(), or leave out --nframe 0 and its tracemalloc.stop()',
  );
}

/** Version of this package. */
export function version(): string {
  return (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
}
