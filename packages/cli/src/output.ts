import type { Context } from './context.ts';
import type { Io } from './io.ts';
import type { OutputOptions, TextOptions } from './options.ts';
import { checkOutput, standardOutput, writeOutput } from './output-file.ts';
import { sourceLines } from './source-lines.ts';

/** How a report is dressed; see TextOptions of @tracemalloc/report. */
export type Dress = {
  readonly width: number;
  readonly color: boolean;
  readonly units: 'iec' | 'si' | 'raw';
  readonly getLine: (filename: string, lineno: number) => string;
};

/** Fails early, before anything is read, when the output can't be written. */
export function checkOutputOption({ output, force }: OutputOptions, io: Io): void {
  if (output !== undefined) checkOutput(output, io.cwd, force === true);
}

/** Writes a report to standard output or to the file of `-o`, as text or as JSON. */
export function print<Report>(
  report: Report,
  format: (report: Report, dress: Dress) => string,
  options: TextOptions,
  { io }: Context,
): void {
  const text =
    options.json === true
      ? `${JSON.stringify(report, null, 2)}\n`
      : format(report, dressOf(options, io));
  const { output = standardOutput } = options;
  if (output === standardOutput) io.stdout(text);
  else {
    writeOutput(output, io, [new TextEncoder().encode(text)]);
    io.stderr(`Wrote ${output}\n`);
  }
}

export function dressOf(options: TextOptions, io: Io): Dress {
  return {
    width: io.width,
    color: options.color ?? wantsColor(options, io),
    units: options.units,
    getLine: sourceLines(io.cwd),
  };
}

/** https://no-color.org: any value but an empty one says no. */
function wantsColor({ output = standardOutput }: TextOptions, io: Io): boolean {
  const { NO_COLOR: no = '', TERM: terminal = '' } = io.env;
  return io.stdoutIsTerminal && output === standardOutput && no === '' && terminal !== 'dumb';
}
