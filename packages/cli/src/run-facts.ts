import type { Snapshot } from '@tracemalloc/core';

/** What was run, as its user wrote it, with whose module and code. */
export type RunWords = {
  readonly args: readonly string[];
  readonly module?: string | undefined;
  readonly code?: string | undefined;
};

/** When a program began, and for how long it ran. */
export type RunTimes = { readonly started: Date; readonly seconds: number };

const mostCharacters = 2000;

/**
 * The snapshot with what a report's header says of its run: the program's own words (never those for
 * the command, so that where a file goes changes nothing in it), and times if they are given. Without
 * times equal runs make equal snapshots.
 */
export function withRunFacts(
  snapshot: Snapshot,
  { args, module, code }: RunWords,
  times: RunTimes | null,
): Snapshot {
  const words = [
    ...(module === undefined ? [] : ['-m', module]),
    ...(code === undefined ? [] : ['-c', code]),
    ...args,
  ];
  const command = words.map(quoted).join(' ');
  const isCut = command.length > mostCharacters;
  const run = {
    command: isCut ? `${command.slice(0, mostCharacters)} …` : command,
    ...(times !== null && {
      started: times.started.toISOString().replace(/\.\d+Z$/, 'Z'),
      seconds: Math.round(times.seconds * 1000) / 1000,
    }),
  };
  return snapshot.withMetadata({ run });
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
