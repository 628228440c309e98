import type { Snapshot } from '@tracemalloc/core';
import {
  atMoment,
  between,
  momentOfMark,
  momentOfPart,
  momentOfTime,
  type TimelineData,
  timeOf,
} from '@tracemalloc/core/timeline';
import { CliError, exitStatus } from './cli-error.ts';
import type { Io } from './io.ts';
import type { RangeOptions } from './options.ts';

const forms = `a time such as 120ms or 1.5s, a part such as 40%, or the name of a mark (mark:NAME, if it looks like one of these)`;

/** Whether a part of the time line is asked for. */
export function asksForRange({ from, to }: RangeOptions): boolean {
  return from !== undefined || to !== undefined;
}

/** The snapshot of what `--from` and `--to` choose. @throws CliError for what the snapshot does not have. */
export function inRange(snapshot: Snapshot, options: RangeOptions, io: Io): Snapshot {
  const { timeline, from, to } = momentsOf(snapshot, options);
  if (timeline.deaths === null) {
    io.stderr(
      'tracemalloc: nobody kept when blocks were born: live is all that lived at the end of the range\n',
    );
  }
  return between(snapshot, from, to);
}

/** What lived at `--from` and at `--to`. @throws as {@link inRange}. */
export function atEnds(snapshot: Snapshot, options: RangeOptions): [Snapshot, Snapshot] {
  const { from, to } = momentsOf(snapshot, options);
  return [atMoment(snapshot, from), atMoment(snapshot, to)];
}

function momentsOf(snapshot: Snapshot, options: RangeOptions) {
  const { timeline } = snapshot;
  if (timeline === null) {
    throw new CliError(
      exitStatus.error,
      '--from and --to need a time line, and there is none in what was read (merged snapshots have none): run the program with `tracemalloc run --timeline -o app.tm app.py`',
    );
  }
  const from = momentOf(timeline, '--from', options.from ?? '0%');
  const to = momentOf(timeline, '--to', options.to ?? '100%');
  if (from <= to) return { timeline, from, to };
  throw new CliError(
    exitStatus.error,
    `--from must not be after --to, got ${shownMoment(timeline, from)} and ${shownMoment(timeline, to)}`,
  );
}

function momentOf(timeline: TimelineData, option: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|%|)$/i.exec(text.trim()) ?? [];
  if (digits === '') return markedMoment(timeline, option, text);
  const value = Number(digits);
  if (unit === '%') {
    if (value <= 100) return momentOfPart(timeline, value / 100);
    throw new CliError(exitStatus.usage, `${option} must be at most 100%, got '${text}'`);
  }
  const moment = momentOfTime(timeline, unit.toLowerCase() === 's' ? value * 1000 : value);
  if (moment !== null) return moment;
  throw new CliError(
    exitStatus.error,
    `${option} '${text}' is a time, and the time line was recorded without a clock: name a part such as 40% or a mark`,
  );
}

function markedMoment(timeline: TimelineData, option: string, text: string): number {
  const name = text.startsWith('mark:') ? text.slice('mark:'.length) : text;
  const moment = momentOfMark(timeline, text) ?? momentOfMark(timeline, name);
  if (moment !== null) return moment;
  const names = [...new Set(timeline.marks.name)];
  const known =
    names.length === 0 ? 'it has no marks' : `its marks are ${names.slice(0, 10).join(', ')}`;
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  throw new CliError(
    exitStatus.error,
    `${option} must be ${forms}; '${text}' is none of the time line: ${known}${more}`,
  );
}

function shownMoment(timeline: TimelineData, moment: number): string {
  const time = timeOf(timeline, moment);
  return time === null ? `point ${moment}` : `${Number(time.toFixed(3))} ms`;
}
