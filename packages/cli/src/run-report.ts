import { relative } from 'node:path';
import type { Snapshot } from '@tracemalloc/core';
import { formatOfName, writeSnapshot } from './formats.ts';
import type { Io } from './io.ts';
import { guestFrames } from './native-frames.ts';
import type { Program } from './program.ts';
import { relativeFiles } from './rename-files.ts';
import { type RunTimes, withRunFacts } from './run-facts.ts';
import { sourceLines } from './source-lines.ts';

/** What is left of a run that has ended. */
type EndedRun = {
  readonly snapshot: Snapshot;
  /** What it covers, in words. */
  readonly covers: string;
  readonly times: RunTimes | null;
};

/** The options of `run` that say what is told of it, and where. */
export type RunReportOptions = {
  readonly m?: string;
  readonly c?: string;
  readonly output?: string;
  readonly report?: string;
  readonly timeline?: string;
  readonly clock: boolean;
  readonly quiet?: boolean;
  readonly limit: number;
  readonly library: boolean;
};

/** Writes the snapshot and the page of a run, if they were asked for, and prints its biggest lines and what to know first. */
export async function reportRun(
  { snapshot, covers, times }: EndedRun,
  program: Program,
  options: RunReportOptions,
  { args, io }: { readonly args: readonly string[]; readonly io: Io },
): Promise<void> {
  const words = { args, module: options.m, code: options.c };
  const clocked = options.clock ? times : null;
  if (options.output !== undefined) {
    const format = formatOfName(options.output) ?? 'tm';
    // Without a time line there is no time in a file, so that equal runs write equal ones.
    const inFile = withRunFacts(snapshot, words, options.timeline === undefined ? null : clocked);
    await writeSnapshot(inFile, options.output, { format }, io);
    if (options.quiet !== true) io.stderr(`Wrote ${options.output}\n`);
  }
  // The program's text may have changed since, and code has no file.
  const shown = relativeFiles(snapshot, io.cwd);
  const known = Object.fromEntries(
    [program.filename, program.file, relative(io.cwd, program.file)].map((name) => [
      name,
      program.source,
    ]),
  );
  if (options.report !== undefined) {
    const { writeHtml } = await import('./html-report.ts');
    const title = program.filename;
    const told = withRunFacts(shown, words, clocked);
    writeHtml(told, options.report, { title, source: 'files', known }, io);
    if (options.quiet !== true) io.stderr(`Wrote ${options.report}\n`);
  }
  if (options.quiet === true) return;
  const { findingsReport, formatFindings, formatTopLines, samplingNote, topLinesReport } =
    await import('@tracemalloc/report');
  const note = samplingNote(shown);
  const ofGuest = guestFrames(shown);
  const report = topLinesReport(ofGuest, {
    limit: options.limit,
    library: options.library,
  });
  const getLine = sourceLines(io.cwd, known);
  const dress = { width: io.width, color: false, units: 'iec', getLine } as const;
  io.stderr(formatTopLines(report, dress));
  const frames = snapshot.tracebackLimit === 1 ? '1 frame' : `${snapshot.tracebackLimit} frames`;
  io.stderr(`${covers}, with ${frames}\n`);
  if (note !== '') io.stderr(`${note}\n`);
  // Which sizes they are is said once, by `findings`, and not after each run.
  const findings = findingsReport(ofGuest).findings.filter(
    ({ kind }) => kind !== 'sizes' && kind !== 'sampled',
  );
  io.stderr(`\n${formatFindings({ findings }, dress)}`);
}
