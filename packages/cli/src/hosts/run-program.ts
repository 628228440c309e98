import { type Snapshot, Tracer } from '@tracemalloc/core';
import { recordTimeline, type TimelineOptions } from '@tracemalloc/core/timeline';
import type { Io } from '../io.ts';
import type { Program } from '../program.ts';
import type { Host } from './host.ts';

/** What is left of a program that has ended. */
export type Traced = {
  /** The program's own. */
  readonly exitCode: number;
  /** Of what lives at the end; `null` when tracing was off by then. */
  readonly snapshot: Snapshot | null;
  /** What the snapshot covers, in words. */
  readonly covers: string;
};

/** How a program is traced. */
export type Tracing = {
  /** Frames kept from the first line on; 0 = the program starts tracing itself. */
  readonly nframe: number;
  /** Whether the program does not see it; see {@link Launch}. */
  readonly isHidden: boolean;
  /** What memory over time is recorded with; `null` = it is not. */
  readonly timeline: TimelineOptions | null;
};

/** Runs a program in any interpreter: attach, install, start, run, settle, snapshot. */
export async function runProgram(
  host: Host,
  program: Program,
  { nframe, isHidden, timeline }: Tracing,
  io: Io,
): Promise<Traced> {
  const tracer = new Tracer();
  const onWarning = (message: string) => io.stderr(`tracemalloc: ${message}\n`);
  const isTracingHidden = isHidden;
  const guest = await host.attach({ program, io, tracer, isTracingHidden, onWarning });
  await guest.install?.();
  if (timeline !== null) recordTimeline(tracer, timeline);
  if (nframe > 0) tracer.start(nframe);
  const { session } = tracer;
  const { exitCode, snapshot } = await guest.run();
  const covers =
    nframe > 0 && tracer.session === session
      ? 'Traced from the first line'
      : 'Traced since the program started tracing, or cleared it, last';
  if (snapshot !== undefined) return { exitCode, snapshot, covers };
  if (guest.settleLater === undefined) guest.settle?.();
  else await guest.settleLater();
  return { exitCode, snapshot: tracer.isTracing() ? tracer.takeSnapshot() : null, covers };
}
