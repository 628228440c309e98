import { type Snapshot, Tracer } from '@tracemalloc/core';
import type { Io } from '../io.ts';
import type { Program } from '../program.ts';
import type { Host } from './host.ts';

/** What is left of a program that has ended. */
export type Traced = {
  /** The program's own. */
  readonly exitCode: number;
  /** Of what lives at the end; `null` when tracing was off by then. */
  readonly snapshot: Snapshot | null;
};

/**
 * Runs a program in any interpreter: attach, install, start, run, settle, snapshot.
 * @param nframe Frames kept from the first line on; 0 = the program starts tracing itself.
 */
export async function runProgram(
  host: Host,
  program: Program,
  nframe: number,
  io: Io,
): Promise<Traced> {
  const tracer = new Tracer();
  const onWarning = (message: string) => io.stderr(`tracemalloc: ${message}\n`);
  const guest = await host.attach({ program, io, tracer, onWarning });
  await guest.install?.();
  if (nframe > 0) tracer.start(nframe);
  const { exitCode, snapshot } = await guest.run();
  if (snapshot !== undefined) return { exitCode, snapshot };
  if (guest.settleLater === undefined) guest.settle?.();
  else await guest.settleLater();
  return { exitCode, snapshot: tracer.isTracing() ? tracer.takeSnapshot() : null };
}
