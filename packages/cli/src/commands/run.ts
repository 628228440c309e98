import { createRequire } from 'node:module';
import type { Snapshot } from '@tracemalloc/core';
import { displayTop } from '@tracemalloc/report';
import { CliError, exitStatus } from '../cli-error.ts';
import { runBrython } from '../hosts/brython.ts';
import type { Host } from '../hosts/host.ts';
import { runLua } from '../hosts/lua.ts';
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
  readonly interpreter?: string;
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
 * Runs a program and shows where its memory went. The program's output and exit status are
 * its own; the report goes to stderr.
 *
 * @returns the exit status. @throws CliError before the program starts, or when the snapshot could
 * not be written after it.
 */
export async function run(args: readonly string[], options: RunOptions, io: Io): Promise<number> {
  const host = hostOf(options.interpreter ?? interpreterOf(args, options));
  const nframe = startupNframe(
    { nframe: options.nframe, xOptions: options.X ?? [], variable: io.env['PYTHONTRACEMALLOC'] },
    defaultNframe,
  );
  const program = findProgram({ args, module: options.m, code: options.c }, io.cwd);
  if (options.output !== undefined) checkOutput(options.output, io.cwd, options.force === true);
  const { exitCode, snapshot } = await host(program, nframe, io);
  if (snapshot !== null) report(snapshot, program, options, io);
  else if (options.output !== undefined) throw notTracing(options.output);
  return exitCode;
}

const hosts: Readonly<Record<string, Host>> = { brython: runBrython, lua: runLua };

/** A script's ending says what it is written in; code and modules are Python's. */
function interpreterOf([script = '']: readonly string[], { m, c }: RunOptions): string {
  return m === undefined && c === undefined && /\.lua$/i.test(script) ? 'lua' : 'brython';
}

function hostOf(interpreter: string): Host {
  const host = Object.hasOwn(hosts, interpreter) ? hosts[interpreter] : undefined;
  if (host !== undefined) return host;
  const names = Object.keys(hosts).join(' or ');
  throw new CliError(exitStatus.usage, `--interpreter must be ${names}, got '${interpreter}'`);
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
