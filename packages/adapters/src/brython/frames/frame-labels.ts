import type { LabelRow } from '@tracemalloc/core';
import { LabelSwitch, noLabel } from '../../contract/index.ts';
import type { FrameCell, GuestFrame } from '../host.ts';
import { infoIndex } from './codes.ts';

/** A label that a frame was given, and those that it had before. */
type Given = { readonly row: LabelRow; readonly outer: Given | null };

/** Where a frame keeps its labels. Frames outlive their cells: those of coroutines get new ones. */
const givenKey = '$tracemalloc_labels';
type Labelled = GuestFrame & { [givenKey]?: Given | null };
/** What Brython knows of a function: an asynchronous one shares it with the one that it calls. */
type LabelledFunction = { readonly $function_infos?: unknown[] & { [givenKey]?: LabelRow } };

/** CPython's flags of code that makes generators, coroutines and both. */
const resumedFlags = 0x20 | 0x80 | 0x200;

/** Manages a frame's context for its caller, such as `ExitStack` and what `contextmanager` makes. */
const managerModule = 'contextlib';

/**
 * Labels by frames: one holds in the frame that was given it and in all that this calls, so that a
 * coroutine has it again after each `await`, and a generator whenever it runs, and nobody else.
 */
export class FrameLabels extends LabelSwitch {
  #hasFunctions = false;
  /** The label of what the host calls at the moment. */
  #entry: LabelRow = noLabel;

  /** The label in a frame whose caller has `outer`. */
  of(frame: GuestFrame, outer: LabelRow): LabelRow {
    const label = (frame as Labelled)[givenKey]?.row ?? this.#ofFunction(frame) ?? outer;
    if (label !== noLabel || this.host === 0 || !isResumed(frame)) return label;
    give(frame, this.host);
    return this.host;
  }

  /** The label of a frame that the host called. */
  ofEntry(frame: GuestFrame): LabelRow {
    if (this.#entry !== noLabel && (frame as Labelled)[givenKey] === undefined) {
      give(frame, this.#entry);
    }
    return this.of(frame, noLabel);
  }

  /** Labels a function of the guest's; false for what is none that was compiled. */
  labelFunction(callable: unknown, label: LabelRow): boolean {
    const { $function_infos: infos } = (callable ?? {}) as LabelledFunction;
    if (typeof callable !== 'function' || !Array.isArray(infos)) return false;
    this.#hasFunctions = true;
    infos[givenKey] = label;
    return true;
  }

  /** Calls `work`, where frames that the host enters have a label. */
  entering<T>(label: LabelRow, work: () => T): T {
    const before = this.#entry;
    this.#entry = label;
    try {
      return work();
    } finally {
      this.#entry = before;
    }
  }

  #ofFunction(frame: GuestFrame): LabelRow | undefined {
    if (!this.#hasFunctions) return undefined;
    return (frame[4] as LabelledFunction | undefined)?.$function_infos?.[givenKey];
  }

  /** Gives the frame of `cell`, or who has it managed, a label. @returns the cell of the frame. */
  push(cell: FrameCell, label: LabelRow): FrameCell {
    const labelled = labelledBy(cell);
    give(labelled.frame, label);
    return labelled;
  }

  /** @returns the cell of the frame that has a label less. */
  pop(cell: FrameCell): FrameCell {
    const labelled = labelledBy(cell);
    const frame = labelled.frame as Labelled;
    frame[givenKey] = frame[givenKey]?.outer ?? null;
    return labelled;
  }
}

/** Whether a frame may go on when the host is at something else: of a coroutine or a generator. */
function isResumed(frame: GuestFrame): boolean {
  const infos = (frame[4] as LabelledFunction | undefined)?.$function_infos;
  return (Number(infos?.[infoIndex.flags] ?? 0) & resumedFlags) !== 0;
}

function give(frame: GuestFrame, row: LabelRow): void {
  const labelled = frame as Labelled;
  labelled[givenKey] = { row, outer: labelled[givenKey] ?? null };
}

/** A frame that runs for a context manager labels whoever enters that. */
function labelledBy(cell: FrameCell): FrameCell {
  let labelled = cell;
  for (;;) {
    let above: FrameCell | null = isManager(labelled.frame) ? labelled : labelled.prev;
    if (above === null || !isManager(above.frame)) return labelled;
    while (above !== null && isManager(above.frame)) above = above.prev;
    if (above === null) return labelled;
    labelled = above;
  }
}

function isManager(frame: GuestFrame): boolean {
  return frame[2] === managerModule;
}
