import { noLabel } from '../../contract/index.ts';
import { type Hooks, hooksMember } from '../code/hooks.ts';
import type { BrythonInternals } from '../host.ts';
import type { NativeFunctions } from './file-functions.ts';
import type { GuestValues } from './guest-values.ts';

/** How the guest's `asyncio` has what a task or a callback allocates labelled as whoever made it. */
export function labelFunctions($B: BrythonInternals, values: GuestValues): NativeFunctions {
  return {
    label: () => labelsOf($B)?.current() ?? noLabel,
    run_labelled: (label: number, thread: unknown) => {
      labelsOf($B)?.run(label, values.textOf(thread));
      return $B.builtins.None;
    },
  };
}

/** The labels of the tracer that is connected, if any. */
export function labelsOf($B: BrythonInternals): Hooks['labels'] {
  return ($B[hooksMember] as Hooks | undefined)?.labels ?? null;
}
