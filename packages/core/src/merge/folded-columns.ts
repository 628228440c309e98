import type { TableColumns } from '../table/table-columns.ts';
import { MoreTracebacks } from './more-tracebacks.ts';
import { marks, type Place, type PlaceKind, shownPlace } from './places.ts';
import type { SitePatterns } from './site-patterns.ts';

/** Columns of which some sites become what they are folded to, each for itself: they are equal then. */
export class FoldedColumns<T extends TableColumns> {
  readonly #columns: T;
  readonly #patterns: SitePatterns;
  readonly #more: MoreTracebacks;
  readonly #traceback: Int32Array;
  readonly #domain: Uint32Array;
  readonly #type: Int32Array;
  readonly #label: Int32Array;
  /** By row of a frame, the row of its pattern; 0 = not made yet. */
  readonly #patternFrames: Int32Array;
  /** Likewise by row of a traceback. */
  readonly #patternTracebacks: Int32Array;
  readonly #placeTracebacks = new Map<string, number>();

  /** @param patterns over the strings of the columns. */
  constructor(columns: T, patterns: SitePatterns) {
    const { traceback, domain, type, label } = columns.sites;
    this.#columns = columns;
    this.#patterns = patterns;
    this.#more = new MoreTracebacks(columns);
    this.#patternFrames = new Int32Array(columns.frames.length);
    this.#patternTracebacks = new Int32Array(columns.tracebacks.length);
    this.#traceback = traceback.slice();
    this.#domain = domain.slice();
    this.#type = type.slice();
    this.#label = label.slice();
  }

  /** Its names become patterns. */
  toPattern(site: number): void {
    const row = this.#traceback[site]!;
    const { offset, frame, totalNframe } = this.#columns.tracebacks;
    let pattern = this.#patternTracebacks[row]!;
    if (pattern === 0) {
      const frames: number[] = [];
      const end = offset[row + 1]!;
      for (let i = offset[row]!; i < end; i++) frames.push(this.#patternFrame(frame[i]!));
      pattern = this.#more.traceback(frames, totalNframe[row]!);
      this.#patternTracebacks[row] = pattern;
    }
    this.#traceback[site] = pattern;
    const label = this.#label[site]!;
    this.#label[site] = label === 0 ? 0 : this.#more.string(this.#patterns.nameOf(label));
  }

  /** It becomes the place of its frame (−1 = none), called by its mark, with neither type, label nor domain. */
  toPlace(site: number, frame: number, kind: PlaceKind): void {
    const place = shownPlace(this.#patternOf(frame), kind);
    const key = [kind, ...Object.values(place)].join('\0');
    let row = this.#placeTracebacks.get(key);
    if (row === undefined) {
      const own = this.#more.frame(place);
      const caller = this.#more.frame({ file: marks[kind], line: 0, functionName: '' });
      // Of many stacks no number of frames is known.
      row = this.#more.traceback([own, caller], -1);
      this.#placeTracebacks.set(key, row);
    }
    this.#traceback[site] = row;
    this.#domain[site] = 0;
    this.#type[site] = 0;
    this.#label[site] = 0;
  }

  finish(): T {
    const [traceback, domain] = [this.#traceback, this.#domain];
    const [type, label] = [this.#type, this.#label];
    const sites = { ...this.#columns.sites, traceback, domain, type, label };
    return { ...this.#columns, ...this.#more.columns(), sites };
  }

  #patternFrame(frame: number): number {
    let row = this.#patternFrames[frame]!;
    if (row === 0) {
      row = this.#more.frame(this.#patternOf(frame));
      this.#patternFrames[frame] = row;
    }
    return row;
  }

  #patternOf(frame: number): Place {
    const { file, line, functionName } = this.#columns.frames;
    return {
      file: this.#patterns.nameOf(file[frame] ?? 0),
      line: line[frame] ?? 0,
      functionName: this.#patterns.nameOf(functionName[frame] ?? 0),
    };
  }
}
