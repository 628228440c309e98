/// <reference lib="esnext.disposable" preserve="true" />
import { recorderOf, type Tracer } from '../api/tracer.ts';
import { checkBoolean, checkInteger, checkOptions, describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import { parseEvery } from './every.ts';
import { Pace } from './pace.ts';
import { TimelineRecorder } from './timeline-recorder.ts';

/** What {@link recordTimeline} may be told. */
export type TimelineOptions = {
  /**
   * How long a point lasts at least: `'10 ms'`, which needs a clock, `'64 KiB'` allocated, or
   * `'1000 events'`; the latter two give the same points whenever the program runs. Default:
   * `'64 KiB'`.
   */
  readonly every?: string;
  /** Milliseconds of any beginning, such as `() => performance.now()`. Default: none, and points know no time. */
  readonly clock?: () => number;
  /** Bytes of the host's own heap, if it tells. It is asked once a point. Default: none. */
  readonly hostHeap?: () => number | null;
  /**
   * Whether to keep when every live block was born, so that a range can tell what of it is still
   * there: 8 bytes a live block, and a look-up an event. Default: true.
   */
  readonly births?: boolean;
  /** Most points that are kept, 4 … 65536; when there are more, neighbours are merged. Default: 4096. */
  readonly maxPoints?: number;
};

/** A time line that is being recorded. Made by {@link recordTimeline}. */
export type TimelineRecording = {
  /** Ends it: later snapshots have no time line. Again: does nothing. */
  stop(): void;
  /** The same at the end of a block: `using _ = recordTimeline(tracer)`. */
  [Symbol.dispose](): void;
};

/**
 * Records a time line of a tracer, which snapshots have from now on (`snapshot.timeline`);
 * `tracer.mark` puts names into it. When tracing stops or traces are cleared, it begins anew.
 *
 * A point knows how much was traced at its end, at most and at least, and which sites changed; so
 * any range between two points can be asked for exactly ({@link between}). Cost: a look-up or two an
 * event, half as much again as the bare tracer takes, and with births two to three times as much,
 * which is a few percent of a guest's time; up to 3.7 MB and 3 bytes an event, 60 MB at most. Tracebacks without live blocks are kept while it records.
 *
 * @throws TypeError or RangeError that names the option; TracemallocError `misuse` when the tracer
 * has a time line already.
 */
export function recordTimeline(tracer: Tracer, options: TimelineOptions = {}): TimelineRecording {
  const known = ['every', 'clock', 'hostHeap', 'births', 'maxPoints'];
  checkOptions('recordTimeline', options, known);
  const recorder = recorderOf(tracer);
  if (recorder.tables.timeline !== null) {
    throw new TracemallocError('misuse', 'the tracer has a time line already: stop it first');
  }
  const { clock = null, hostHeap = null } = options;
  for (const [name, value] of Object.entries({ clock, hostHeap })) {
    if (value === null || typeof value === 'function') continue;
    throw new TypeError(`${name} must be a function, got ${describe(value)}`);
  }
  const every = parseEvery(options.every ?? '64 KiB');
  if (every.unit === 'ms' && clock === null) {
    throw new RangeError(
      `every: ${describe(options.every)} needs a clock; give one, such as () => performance.now(), or a size such as '64 KiB'`,
    );
  }
  const births = checkBoolean('births', options.births ?? true);
  const maxPoints = checkInteger('maxPoints', options.maxPoints ?? 4096, 4, 65536);
  const timeline = new TimelineRecorder(recorder, {
    pace: new Pace(every, clock),
    hostHeap,
    births,
    maxPoints,
  });
  recorder.tables.timeline = timeline;
  recorder.tables.pins++;
  const undo = [tracer.onEvents(timeline), tracer.onRead(() => timeline.beforeWalk())];
  const stop = (): void => {
    if (recorder.tables.timeline !== timeline) return;
    recorder.tables.timeline = null;
    recorder.tables.pins--;
    for (const undoOne of undo) undoOne();
  };
  return { stop, [Symbol.dispose]: stop };
}
