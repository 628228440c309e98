import { resolve } from 'node:path';
import type { Snapshot } from '@tracemalloc/core';
import { CliError, exitStatus } from './cli-error.ts';
import { isWindows, slashed } from './windows-names.ts';

/**
 * The file of a snapshot that `--file` means: as tracebacks name it, or by its path from the working
 * folder, or by the end of its path (`cache.py`, `src/cache.py`) where that fits one file alone.
 *
 * @throws CliError with status 1 when it fits no file, or several.
 */
export function fileOption({ data }: Snapshot, file: string, cwd: string): string {
  const names = [...new Set(data.frames.file)].map((row) => data.strings[row]!);
  if (names.includes(file)) return file;
  const path = resolve(cwd, file);
  const same = names.find((name) => resolve(cwd, name) === path);
  if (same !== undefined) return same;
  const end = `/${slashed(file).replace(/^(?:\.\/)+/, '')}`;
  const found = names.filter((name) => {
    const whole = `/${slashed(name)}`;
    const isEqual = whole.endsWith(end);
    // In names of Windows case does not count.
    return isEqual || (isWindows(name) && whole.toLowerCase().endsWith(end.toLowerCase()));
  });
  if (found.length === 1) return found[0]!;
  throw new CliError(
    exitStatus.error,
    found.length === 0
      ? `no traceback of the snapshot names the file '${file}'`
      : `'${file}' fits ${found.length} files of the snapshot: ${found.sort().join(', ')}; say more of the path`,
  );
}
