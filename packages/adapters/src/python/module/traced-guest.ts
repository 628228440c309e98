import type { Adapter, GuestLabels } from '../../contract/index.ts';
import type { GuestValue } from './python-host.ts';

/** What the module needs of the adapter that traces the guest. */
export type TracedGuest = Pick<
  Adapter,
  'tracer' | 'exclude' | 'excludeFile' | 'heap' | 'settle' | 'tracebackOf'
> & {
  /** Runs a read of traced memory, which may be off by a stated bound where much lives and little changed. */
  glance?<T>(read: () => T): T;
  /** The guest imported `gc`: it may ask for the number. */
  countCycles?(): void;
  /** Settles; how many objects in cycles it found, where the adapter knows. Python: `gc.collect()`. */
  collect?(): number;
  /** Bytes of a guest value under the adapter's size model. Python: `sys.getsizeof`. */
  sizeOf(value: GuestValue): number;
  /** How the guest labels what it allocates; left out, its labels say nothing. */
  readonly labels?: GuestLabels;
};
