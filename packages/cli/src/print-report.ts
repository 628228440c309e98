import type { Snapshot } from '@tracemalloc/core';
import type { Context } from './context.ts';
import { openSnapshot } from './inputs.ts';
import type { FilterOptions, TextOptions } from './options.ts';
import { checkOutputOption, type Dress, print } from './output.ts';

/** Reads, filters, makes the report and prints it. @throws CliError, and what `make` throws. */
export async function printReport<Report>(
  paths: readonly string[],
  options: FilterOptions & TextOptions,
  context: Context,
  make: (snapshot: Snapshot) => Report,
  format: (report: Report, dress: Dress) => string,
): Promise<void> {
  checkOutputOption(options, context.io);
  const snapshot = await openSnapshot(paths, options, context);
  print(make(snapshot), format, options, context);
}
