import type { Snapshot } from '@tracemalloc/core';
import { renderHtml } from '@tracemalloc/report/html';
import type { Io } from './io.ts';
import { writeOutput } from './output-file.ts';
import { namedLines, sourcesBelow } from './source-lines.ts';

/** What of sources is put into a report: `lines` are those that the snapshot names. */
export type SourceChoice = 'none' | 'lines' | 'files';

export type HtmlReportOptions = {
  readonly base?: Snapshot | null;
  /** What the older snapshot is called. */
  readonly baseTitle?: string;
  readonly title: string;
  readonly source: SourceChoice;
  /** Sources that are known without a file. */
  readonly known?: Readonly<Record<string, string>>;
};

/** Writes the interactive report. @returns bytes. @throws CliError with status 1. */
export function writeHtml(
  snapshot: Snapshot,
  path: string,
  { base = null, baseTitle = '', title, source, known = {} }: HtmlReportOptions,
  io: Io,
): number {
  const files = new Set([snapshot, ...(base === null ? [] : [base])].flatMap(filesOf));
  const sources = source === 'files' ? { ...sourcesBelow(files, io.cwd), ...known } : {};
  const html = renderHtml(snapshot, {
    title,
    baseTitle,
    sources,
    ...(source !== 'none' && { getLine: namedLines(io.cwd, known) }),
    ...(base !== null && { base }),
  });
  return writeOutput(path, io, [new TextEncoder().encode(html)]);
}

function filesOf({ data: { frames, strings } }: Snapshot): string[] {
  return Array.from(new Set(frames.file), (row) => strings[row]!);
}
