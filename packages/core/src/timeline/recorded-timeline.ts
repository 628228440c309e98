import type {
  ChangeColumns,
  DeathColumns,
  MarkColumns,
  PointColumns,
  TimelineData,
} from '../table/timeline-columns.ts';
import { changeStride, deathStride, type Point } from './point.ts';

/** A name that was given to a moment. */
export type Mark = { readonly tick: number; readonly time: number; readonly name: string };

/** What a time line knows. */
export type Known = {
  readonly hasTime: boolean;
  readonly hasHost: boolean;
  readonly hasBirths: boolean;
};

/**
 * What was recorded, as columns. Points are shared with the recording, so a snapshot costs nothing a
 * change, and the columns of changes are made when somebody asks for them.
 */
export class RecordedTimeline implements TimelineData {
  readonly points: PointColumns;
  readonly marks: MarkColumns;
  readonly #list: readonly Point[];
  /** The snapshot's site by the tracer's. */
  readonly #rows: Int32Array;
  readonly #hasBirths: boolean;
  #changes: ChangeColumns | null = null;
  #deaths: DeathColumns | null = null;

  constructor(list: readonly Point[], marks: readonly Mark[], rows: Int32Array, known: Known) {
    this.#list = list;
    this.#rows = rows;
    this.#hasBirths = known.hasBirths;
    const column = (of: (point: Point) => number) => Float64Array.from(list, of);
    this.points = {
      length: list.length,
      tick: column(({ to }) => to),
      time: known.hasTime ? column(({ time }) => time) : null,
      events: column(({ events }) => events),
      allocatedSize: column(({ allocated }) => allocated),
      liveSize: column(({ live }) => live),
      liveCount: column(({ blocks }) => blocks),
      minSize: column(({ min }) => min),
      maxSize: column(({ max }) => max),
      host: known.hasHost ? column(({ host }) => host) : null,
      changeOffset: offsets(list, ({ changes }) => changes.length / changeStride),
      deathOffset: offsets(list, ({ deaths }) =>
        known.hasBirths ? deaths.length / deathStride : 0,
      ),
    };
    this.marks = {
      length: marks.length,
      tick: Float64Array.from(marks, ({ tick }) => tick),
      time: known.hasTime ? Float64Array.from(marks, ({ time }) => time) : null,
      name: marks.map(({ name }) => name),
    };
  }

  get changes(): ChangeColumns {
    if (this.#changes !== null) return this.#changes;
    const length = this.points.changeOffset[this.#list.length]!;
    const rows = this.#list.map(({ changes }) => changes);
    const column = (field: number) => columnOf(rows, changeStride, field, length);
    this.#changes = {
      length,
      site: this.#sites(column(0)),
      liveSize: column(1),
      liveCount: column(2),
      allocatedSize: column(3),
      allocatedCount: column(4),
      maxSize: column(5),
      maxCount: column(6),
    };
    return this.#changes;
  }

  get deaths(): DeathColumns | null {
    if (!this.#hasBirths || this.#deaths !== null) return this.#deaths;
    const length = this.points.deathOffset[this.#list.length]!;
    const rows = this.#list.map(({ deaths }) => deaths);
    const column = (field: number) => columnOf(rows, deathStride, field, length);
    this.#deaths = {
      length,
      site: this.#sites(column(0)),
      birth: column(1),
      size: column(2),
      count: column(3),
    };
    return this.#deaths;
  }

  #sites(column: Float64Array): Int32Array {
    return Int32Array.from(column, (site) => this.#rows[site]!);
  }
}

function offsets(list: readonly Point[], count: (point: Point) => number): Int32Array {
  const offset = new Int32Array(list.length + 1);
  for (const [i, point] of list.entries()) offset[i + 1] = offset[i]! + count(point);
  return offset;
}

function columnOf(
  parts: readonly Float64Array[],
  stride: number,
  field: number,
  length: number,
): Float64Array {
  const column = new Float64Array(length);
  let to = 0;
  for (const rows of parts) {
    for (let at = field; at < rows.length; at += stride) column[to++] = rows[at]!;
  }
  return column;
}
