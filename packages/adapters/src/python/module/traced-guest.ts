import type { Traceback, Tracer } from '@tracemalloc/core';
import type { GuestValue } from './python-host.ts';

/** What the module needs of the adapter that traces the guest. */
export interface TracedGuest {
  readonly tracer: Tracer;
  /** Calls `work`; what the guest allocates in it is not traced. Nests. */
  suspend<Result>(work: () => Result): Result;
  /** Leaves a file's frames out of tracebacks, and what it allocates unrecorded. */
  excludeFile(file: string): void;
  /** Settles frees as far as the host can do so now. Python: `gc.collect()`. */
  collect(): void;
  /** Where a guest object was allocated; `null` when it isn't traced. */
  tracebackOf(value: GuestValue): Traceback | null;
  /** Bytes of a guest value under the adapter's size model. Python: `sys.getsizeof`. */
  sizeOf(value: GuestValue): number;
}
