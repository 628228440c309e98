import type { Snapshot } from '@tracemalloc/core';
import { renderHtml } from '@tracemalloc/report/html';
import type { Io } from './io.ts';
import { writeOutput } from './output-file.ts';
import { sourcesBelow } from './source-lines.ts';

export type HtmlReportOptions = {
  readonly base?: Snapshot | null;
  readonly title: string;
  /** `lines`: sources below the current folder are put into the report. */
  readonly source: 'lines' | 'none';
  /** Sources that are known without a file; they are put in with `lines`. */
  readonly known?: Readonly<Record<string, string>>;
};

/** Writes the interactive report. @returns bytes. @throws CliError with status 1. */
export function writeHtml(
  snapshot: Snapshot,
  path: string,
  { base = null, title, source, known = {} }: HtmlReportOptions,
  io: Io,
): number {
  const files = new Set([snapshot, ...(base === null ? [] : [base])].flatMap(filesOf));
  const sources = source === 'none' ? {} : { ...sourcesBelow(files, io.cwd), ...known };
  const html = renderHtml(snapshot, { title, sources, ...(base !== null && { base }) });
  return writeOutput(path, io, [new TextEncoder().encode(html)]);
}

function filesOf({ data: { frames, strings } }: Snapshot): string[] {
  return Array.from(new Set(frames.file), (row) => strings[row]!);
}
