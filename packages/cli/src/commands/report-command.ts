import type { Snapshot } from '@tracemalloc/core';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ReportOptions } from '../options.ts';
import type { Dress } from '../output.ts';

type Reports = typeof import('@tracemalloc/report');
export type Snapshots = readonly [Snapshot, ...Snapshot[]];
/** A report as data, and as text. */
export type Made = readonly [report: unknown, text: (dress: Dress) => string];

/** A command that prints a report. */
export type ReportCommand = {
  readonly name: string;
  readonly description: string;
  /** It is of the graph of one snapshot, the first argument: nothing is filtered or merged. */
  readonly ofGraph?: true;
  /** Several snapshots, each read for itself; default: one, merged of as many files as are given. */
  readonly takes?: (command: Command) => unknown;
  /** What `-n` counts, and how many are listed without it. */
  readonly limit?: readonly [what: string, fallback: number];
  /** Its options besides; default: `--metric`. */
  readonly options?: (command: Command) => unknown;
  /** Checks the arguments before anything is read. @throws CliError with status 2. */
  readonly check?: (paths: readonly string[], options: ReportOptions) => void;
  /** Does another thing than print, and tells whether it did. */
  readonly instead?: (
    paths: readonly string[],
    options: ReportOptions,
    context: Context,
  ) => Promise<boolean>;
  readonly make: (
    reports: Reports,
    snapshots: Snapshots,
    options: ReportOptions,
    context: Context,
    args: readonly string[],
  ) => Made | Promise<Made>;
  readonly examples: readonly (readonly [line: string, why: string])[];
};

export function made<Report>(
  report: Report,
  format: (report: Report, dress: Dress) => string,
): Made {
  return [report, (dress) => format(report, dress)];
}
