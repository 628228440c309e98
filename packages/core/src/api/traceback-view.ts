import type { TracebackRow } from '../base/units.ts';
import { Frame } from '../snapshot/frame.ts';
import { Traceback } from '../snapshot/traceback.ts';
import type { Recorder } from '../tracer/recorder.ts';

/** What people see of a row of the recorder's tracebacks: the oldest frame first, no total. */
export function viewOf({ tracebacks, frames, strings }: Recorder, row: TracebackRow): Traceback {
  const views: Frame[] = [];
  for (let i = tracebacks.frameCountOf(row) - 1; i >= 0; i--) {
    const frame = tracebacks.frameOf(row, i);
    const name = strings.at(frames.functionOf(frame));
    views.push(new Frame(strings.at(frames.fileOf(frame)), frames.lineOf(frame), name));
  }
  return new Traceback(views);
}
