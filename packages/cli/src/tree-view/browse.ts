import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import type { Io } from '../io.ts';
import type { ReportOptions } from '../options.ts';

/**
 * Lets the user walk through the call tree where there are keys and a screen; false where it is to
 * be printed. React and its terminal take a quarter of a second to load, so nobody else waits for
 * them.
 *
 * @throws CliError with status 2 when it is asked for where it can't be.
 */
export async function browse(
  paths: readonly string[],
  options: ReportOptions,
  context: Context,
): Promise<boolean> {
  if (!isInteractive(options, context.io)) return false;
  const { openSnapshot } = await import('../inputs.ts');
  const { dressOf } = await import('../output.ts');
  const { knownMeasure } = await import('@tracemalloc/core/analysis');
  const snapshot = await openSnapshot(paths, options, context);
  knownMeasure(snapshot.data, options.metric); // Fails here, in words, when the metric is not known.
  const { showTree } = await import('./show-tree.ts');
  const code = options.library ? 'all' : 'mine';
  await showTree(snapshot.data, { metric: options.metric, code }, dressOf(options, context.io));
  return true;
}

function isInteractive({ interactive, json, output }: ReportOptions, io: Io): boolean {
  const hasTerminal = io.stdinIsTerminal && io.stdoutIsTerminal;
  const isPrinted = json === true || output !== undefined;
  if (interactive !== true) return interactive !== false && hasTerminal && !isPrinted;
  if (hasTerminal && !isPrinted) return true;
  throw new CliError(
    exitStatus.usage,
    isPrinted
      ? '--interactive goes with neither --json nor --output'
      : '--interactive needs a terminal for standard input and output',
  );
}
