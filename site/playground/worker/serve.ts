import { excessMessage } from '@tracemalloc/adapters/callbacks';
import { type MemoryExcess, type Snapshot, Tracer, type TracerEvents } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import type { RunMessage, RunRequest } from '../protocol.ts';
import { Output } from './output.ts';
import { Reporter } from './reporter.ts';

/** What an interpreter gets to run a program with. */
export type Run = RunRequest & {
  readonly tracer: Tracer;
  readonly output: Output;
  readonly reporter: Reporter;
  /**
   * Begins to trace: the interpreter is loaded and its adapter attached.
   * @param isWalked Whether what lives is known after a walk only, and events tell nothing of it.
   */
  start(isWalked?: boolean): void;
};

/** How a program ended. */
export type Ending = {
  /** What went wrong, as the language prints it; `''`: nothing. */
  readonly error: string;
  /** Of the program, where it failed; `null`: it didn't, or elsewhere. */
  readonly line: number | null;
  /** Of its last moment; left out: it is taken now. */
  readonly snapshot?: Snapshot | null;
  /** Sees what is free by now, before the last snapshot is taken. */
  readonly settle?: () => Promise<void>;
};

/** Frames kept a traceback, as `-X tracemalloc=25` keeps. */
const framesKept = 25;

/** Runs the one program that this worker is told to run. */
export function serve(run: (request: Run) => Promise<Ending>): void {
  addEventListener('message', ({ data, ports }: MessageEvent<RunRequest>) => {
    const port = ports[0]!;
    const post = (message: RunMessage): void => port.postMessage(message);
    void serveRun(run, data, post);
  });
}

async function serveRun(
  run: (request: Run) => Promise<Ending>,
  request: RunRequest,
  post: (message: RunMessage) => void,
): Promise<void> {
  const tracer = new Tracer();
  const output = new Output(post);
  const reporter = new Reporter(tracer, request.limit * 1.25 + 2 ** 20, post);
  let hasStarted = false;
  let excess: MemoryExcess | null = null;
  const start = (isWalked = false): void => {
    hasStarted = true;
    post({ type: 'started' });
    tracer.setLimit(request.limit, (refused) => {
      excess = refused;
    });
    const { event, glance } = reporter;
    tracer.onEvents(isWalked ? listener(nothing, glance) : listener(event, nothing));
    reporter.begin();
    tracer.start(framesKept);
  };
  try {
    const ending = await run({ ...request, tracer, output, reporter, start });
    const { time } = reporter;
    const snapshot = await lastSnapshot(tracer, ending);
    output.write(ending.error, true);
    // Errors of an interpreter that is compiled have no words of ours.
    if (excess !== null && /MemoryError\s*$/.test(ending.error)) {
      output.write(`The memory limit was reached: ${excessMessage(excess)}\n`, true);
    }
    output.flush();
    post({ type: 'ended', time, isGood: ending.error === '', line: ending.line, snapshot });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (hasStarted) output.write(`${message}\n`, true);
    output.flush();
    if (!hasStarted) post({ type: 'failed', message });
    else post({ type: 'ended', time: reporter.time, isGood: false, line: null, snapshot: null });
  }
}

async function lastSnapshot(
  tracer: Tracer,
  { snapshot, settle }: Ending,
): Promise<Uint8Array | null> {
  if (snapshot !== undefined) return snapshot && dump(snapshot);
  await settle?.();
  return tracer.isTracing() ? dump(tracer.takeSnapshot()) : null;
}

const nothing = (): void => undefined;

/** Hears only that something happened, or that what lives was found by a walk. */
function listener(event: () => void, walk: () => void): TracerEvents {
  return {
    alloc: event,
    realloc: event,
    resize: event,
    retag: nothing,
    free: event,
    freeAll: event,
    gcBegin: nothing,
    survive: nothing,
    gcEnd: event,
    countAllocated: event,
    setLabel: nothing,
    walk,
    clear: nothing,
  };
}
