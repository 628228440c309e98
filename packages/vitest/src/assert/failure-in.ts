/**
 * What a result of the work says of a run that failed, in words; `null` where it says nothing of the
 * kind. A result may be that of several runs (`Promise.all`, `Promise.allSettled`).
 */
export function failureIn(result: unknown): string | null {
  if (!Array.isArray(result)) return failureOf(result);
  for (const one of result) {
    const failure = failureOf(one);
    if (failure !== null) return failure;
  }
  return null;
}

function failureOf(result: unknown): string | null {
  if (result instanceof Error) return `gave an error (${result.name}: ${result.message})`;
  if (typeof result !== 'object' || result === null) return null;
  const { exitCode = 0, status, reason } = result as Readonly<Record<string, unknown>>;
  if (status === 'rejected') return `failed (${String(reason)})`;
  return exitCode === 0 ? null : `ended with exit status ${String(exitCode)}`;
}
