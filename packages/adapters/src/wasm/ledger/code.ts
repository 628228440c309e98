import type { Body } from '../assemble.ts';
import { blocks } from './blocks-code.ts';
import { functionNames, signatures } from './code-parts.ts';
import { counting } from './counters-code.ts';
import { events } from './events-code.ts';
import { tables } from './tables-code.ts';

const bodies = { ...tables, ...blocks, ...counting, ...events };

/** The functions of a ledger, in the order of their names. */
export const functions: readonly Body[] = functionNames.map((name) => ({
  signature: signatures[name],
  ...bodies[name],
}));
