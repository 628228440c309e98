import { CliError, exitStatus } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { checkOutput } from '../output-file.ts';
import {
  type Format,
  formatOfName,
  formats,
  readSnapshot,
  writeSnapshot,
} from '../snapshot-file.ts';

export type ConvertOptions = { readonly to?: Format; readonly force?: boolean };

/** Rewrites a snapshot in another format, chosen by `--to` or by the new name. */
export async function convert(
  from: string,
  to: string,
  options: ConvertOptions,
  io: Io,
): Promise<number> {
  const format = options.to ?? formatOfName(to);
  if (format === undefined) {
    throw new CliError(
      exitStatus.usage,
      `the name ${to} says no format: end it in ${formats.map((name) => `.${name}`).join(', ')}, or add --to`,
    );
  }
  checkOutput(to, io.cwd, options.force === true);
  const bytes = writeSnapshot(await readSnapshot(from, io), to, format, io);
  io.stderr(`Wrote ${to} (${bytes} bytes)\n`);
  return 0;
}
