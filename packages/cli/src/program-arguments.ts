/** How often a point of the time line ends when nobody says. */
const defaultEvery = '10ms';

/**
 * Marks where `run`'s own options end, by a `--`: after `-m module` and `-c code` everything
 * belongs to the program, as with python itself, even what looks like an option of ours. (After a
 * script the option parser stops by itself.)
 *
 * And gives `--timeline` its value where it has none, because what follows it is the program.
 *
 * @param options Options of `run` that take a value.
 */
export function endOptionsAtProgram(
  args: readonly string[],
  options: ReadonlySet<string>,
): string[] {
  const ended = [...args];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '-m' || arg === '-c')
      return [...ended.slice(0, i + 2), '--', ...ended.slice(i + 2)];
    if (!arg.startsWith('-') || arg === '-' || arg === '--') break;
    if (arg === '--timeline') ended[i] = `--timeline=${defaultEvery}`;
    if (options.has(arg)) i++;
  }
  return ended;
}
