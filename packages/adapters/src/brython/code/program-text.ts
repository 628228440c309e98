import type { Literals } from './literals.ts';
import type { Loops } from './loops.ts';
import type { Scopes } from './scopes.ts';

/** What is known of the guest's programs from their text. */
export type ProgramText = {
  readonly literals: Literals;
  readonly loops: Loops;
  readonly scopes: Scopes;
};
