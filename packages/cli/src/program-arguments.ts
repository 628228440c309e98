/**
 * Marks where `run`'s own options end, by a `--`: after `-m module` and `-c code` everything
 * belongs to the program, as with python itself, even what looks like an option of ours. (After a
 * script the option parser stops by itself.)
 *
 * @param options Options of `run` that take a value.
 */
export function endOptionsAtProgram(
  args: readonly string[],
  options: ReadonlySet<string>,
): string[] {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '-m' || arg === '-c') return [...args.slice(0, i + 2), '--', ...args.slice(i + 2)];
    if (!arg.startsWith('-') || arg === '-' || arg === '--') break;
    if (options.has(arg)) i++;
  }
  return [...args];
}
