import { basename } from 'node:path';
import { type MemoryExcess, type Snapshot, TracemallocError, Tracer } from '@tracemalloc/core';
import { type SamplingOptions, sampling } from '@tracemalloc/core/sampling';
import { recordTimeline, type TimelineOptions } from '@tracemalloc/core/timeline';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Io } from '../io.ts';
import type { Watch, Watcher } from '../live/watch.ts';
import type { Program } from '../program.ts';
import { reason } from '../reason.ts';
import type { RunTimes } from '../run-facts.ts';
import type { Guest, Host } from './host.ts';

/** What is left of a program that has ended. */
export type Traced = {
  /** The program's own. */
  readonly exitCode: number;
  /** Of what lives at the end; `null` when tracing was off by then, or nobody reads it. */
  readonly snapshot: Snapshot | null;
  /** What the snapshot covers, in words. */
  readonly covers: string;
  /** Of the program alone, without loading its interpreter. */
  readonly times: RunTimes;
};

/** How a program is traced. */
export type Tracing = {
  /** Frames kept from the first line on; 0 = the program starts tracing itself. */
  readonly nframe: number;
  /** Whether the program does not see it; see {@link Launch}. */
  readonly isHidden: boolean;
  /** What memory over time is recorded with; `null` = it is not. */
  readonly timeline: TimelineOptions | null;
  /** Bytes that may live together; `null` = any. */
  readonly memoryLimit: number | null;
  /** Whether the snapshot says who holds what. */
  readonly hasGraph: boolean;
  /** Which of the interpreter's own functions stacks have. */
  readonly nativeFrames: boolean | 'allocator';
  /** How often a block gets its stack; `null` = each does. */
  readonly sampled: SamplingOptions | null;
  /** Where viewers are served while it runs; `null` = nowhere. */
  readonly livePort: number | null;
  /** Whether the address is for the process that started this one. */
  readonly isLiveChild: boolean;
  /** Whether anybody reads the snapshot of the end: what has died is looked for only then. */
  readonly isRead: boolean;
};

/** A program that goes on through so many errors for memory, without ever making room, will not end. */
const mostInARow = 200;
const mostInAll = 5000;

function giveUp({ allRefusals }: MemoryExcess, message: string, io: Io): void {
  io.stderr(
    `tracemalloc: ended, because the program went on through ${allRefusals} errors for memory without an end: ${message}\n`,
  );
  io.exit(exitStatus.error);
}

function where(tracer: Tracer, { traceback }: MemoryExcess): string {
  const frame = traceback === 0 ? undefined : tracer.tracebackAt(traceback).at(-1);
  return frame === undefined ? '' : ` at ${frame.filename}:${frame.lineno}`;
}

/** A heap that is walked is not sampled: its snapshots are exact. */
function start(
  tracer: Tracer,
  nframe: number,
  sampled: SamplingOptions | null,
  onWarning: (message: string) => void,
): void {
  try {
    tracer.start(nframe, sampled === null ? null : sampling(sampled));
  } catch (error) {
    if (!(error instanceof TracemallocError) || error.code !== 'unsupported') throw error;
    onWarning(`every block has its stack: ${error.message}`);
    tracer.start(nframe);
  }
}

/** @throws CliError where a limit of memory would limit nothing. */
function checkRefusing(host: Host, { memoryLimit }: Tracing): void {
  if (memoryLimit === null || host.refusesMemory !== false) return;
  throw new CliError(
    exitStatus.usage,
    '--memory-limit: this interpreter makes objects before anybody is told, so none can be refused; leave it out, and hold the snapshot to limits with `tracemalloc check`',
  );
}

/** Runs a program in any interpreter: attach, install, start, run, settle, snapshot. */
export async function runProgram(
  host: Host,
  program: Program,
  tracing: Tracing,
  io: Io,
): Promise<Traced> {
  const { nframe, isHidden, timeline, memoryLimit, hasGraph, nativeFrames, sampled } = tracing;
  checkRefusing(host, tracing);
  const tracer = new Tracer();
  const onWarning = (message: string) => io.stderr(`tracemalloc: ${message}\n`);
  const isTracingHidden = isHidden;
  const launch = { program, io, tracer, isTracingHidden, nativeFrames, hasGraph, onWarning };
  const watcher = await startWatcher(program, tracing, io);
  let guest: Guest;
  try {
    guest = await host.attach(launch);
  } catch (error) {
    watcher?.stop();
    throw error;
  }
  if (nativeFrames !== false && host.recordsNativeFrames !== true) {
    onWarning(
      `${nativeFrames === true ? '--native' : '--allocators'}: this interpreter’s own functions can’t be recorded`,
    );
  }
  await guest.install?.();
  if (timeline !== null) recordTimeline(tracer, timeline);
  let excess: MemoryExcess | null = null;
  // An interpreter's own package: commands that run nothing need not wait for it.
  const { excessMessage } = await import('@tracemalloc/adapters/callbacks');
  if (memoryLimit !== null) {
    tracer.setLimit(memoryLimit, (refused) => {
      excess = refused;
      if (refused.refusals >= mostInARow || refused.allRefusals >= mostInAll)
        giveUp(refused, excessMessage(refused), io);
    });
  }
  if (nframe > 0) start(tracer, nframe, sampled, onWarning);
  const watch = await watched(watcher, { tracer, guest, tracing, io });
  const { session } = tracer;
  const started = new Date();
  const begin = performance.now();
  const { exitCode, snapshot } = await guest.run();
  const times = { started, seconds: (performance.now() - begin) / 1000 };
  await watch?.end();
  if (excess !== null && exitCode !== 0 && guest.tellsOfLimit !== true) {
    io.stderr(
      `tracemalloc: the memory limit was reached${where(tracer, excess)}: ${excessMessage(excess)}\n`,
    );
  }
  const covers =
    nframe > 0 && tracer.session === session
      ? 'Traced from the first line'
      : 'Traced since the program started tracing, or cleared it, last';
  if (snapshot !== undefined) {
    if (hasGraph && snapshot !== null && snapshot.data.graph === null) onWarning(noGraph);
    return { exitCode, snapshot, covers, times };
  }
  if (!tracing.isRead) return { exitCode, snapshot: null, covers, times };
  if (guest.settleLater === undefined) guest.settle?.();
  else await guest.settleLater();
  if (!tracer.isTracing()) return { exitCode, snapshot: null, covers, times };
  return { exitCode, snapshot: await take(tracer, guest, hasGraph, io), covers, times };
}

/** A thread of its own looks on where somebody is to be served, or the process may run out of memory. */
async function startWatcher(
  program: Program,
  { livePort: port }: Tracing,
  io: Io,
): Promise<Watcher | null> {
  if (port === null && io.isProcess !== true) return null;
  const live = await import('../live/watch.ts');
  return live.startWatcher({ port, name: basename(program.filename) });
}

async function watched(
  watcher: Watcher | null,
  {
    tracer,
    guest: { whenReadable },
    tracing: { isLiveChild },
    io,
  }: {
    readonly tracer: Tracer;
    readonly guest: Guest;
    readonly tracing: Tracing;
    readonly io: Io;
  },
): Promise<Watch | null> {
  try {
    const watch = (await watcher?.watch({ tracer, whenReadable })) ?? null;
    const url = watch?.url ?? null;
    if (url === null) return watch;
    if (isLiveChild) io.tellParent?.({ url });
    else io.stderr(`tracemalloc: live at ${url}, for tracemalloc live '${url}'\n`);
    return watch;
  } catch (error) {
    watcher?.stop();
    throw new CliError(exitStatus.error, reason(error));
  }
}

const noGraph = 'this interpreter tells nobody who holds what: there is no graph';

async function take(tracer: Tracer, guest: Guest, hasGraph: boolean, io: Io): Promise<Snapshot> {
  if (!hasGraph) return tracer.takeSnapshot();
  if (guest.heap === undefined) {
    io.stderr(`tracemalloc: ${noGraph}\n`);
    return tracer.takeSnapshot();
  }
  const { takeGraphSnapshot } = await import('@tracemalloc/core/graph');
  return takeGraphSnapshot(tracer, guest.heap);
}
