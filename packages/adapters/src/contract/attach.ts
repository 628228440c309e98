import { TracemallocError } from '@tracemalloc/core';
import { Restorer } from './restorer.ts';
import { errorText } from './shown.ts';

/**
 * Attaches to a host, or leaves it as it was found: when `attach` throws, everything that it told
 * the restorer of is put back first.
 * @param host What the message calls it: `Brython 3.14.3`.
 * @throws TracemallocError what `attach` throws of this kind; `unsupported-host` for anything else,
 *   since then the host is not what the adapter takes it for.
 */
export function attachOrRestore<T>(host: string, attach: (restorer: Restorer) => T): T {
  const restorer = new Restorer();
  try {
    return attach(restorer);
  } catch (error) {
    restoreAll(restorer);
    if (error instanceof TracemallocError) throw error;
    const reason = errorText(error);
    throw new TracemallocError('unsupported-host', `${host} can't be traced: ${reason}`, {
      host,
      reason,
    });
  }
}

/** A step that fails must not hide why attaching failed. */
function restoreAll(restorer: Restorer): void {
  try {
    restorer.restore();
  } catch {
    // All other steps were done.
  }
}
