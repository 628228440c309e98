import type { LabelRow, Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';
import { noLabel, ThreadLabels } from '../contract/index.ts';
import { exposedGc } from '../frees/exposed-gc.ts';
import { WeakRefWatcher } from '../frees/weak-ref-watcher.ts';
import { type Collector, WeakSetWatcher } from '../frees/weak-set-watcher.ts';
import type { HostStack } from '../host-frames/index.ts';
import type { HookedLabels, Hooks } from './code/hooks.ts';
import type { ProgramText } from './code/program-text.ts';
import { FrameReader } from './frames/frame-reader.ts';
import type { BrythonInternals, FrameCell } from './host.ts';
import { guestHeap } from './objects/guest-heap.ts';
import { markCopy, markSized, markSplit } from './objects/guest-token.ts';
import { ObjectTable } from './objects/object-table.ts';
import { GuestLayout } from './sizes/layout.ts';
import { ownInts } from './sizes/own-ints.ts';
import {
  makeSizeModel,
  type PrimitivesPolicy,
  type SizeModel,
  type SizeModelName,
} from './sizes/size-model.ts';

/** What the hooks lead to while a tracer is connected. */
export type Connection = {
  readonly objects: ObjectTable;
  readonly frames: FrameReader;
  readonly sizes: SizeModel;
  readonly heap: Heap;
};

type ConnectionOptions = {
  readonly sizeModel?: SizeModelName;
  readonly primitives?: PrimitivesPolicy;
  readonly collector?: Collector;
  /** Reads Brython's own functions, too. */
  readonly native?: HostStack | null;
};

/** Points the hooks to a tracer. */
export function connect(
  $B: BrythonInternals,
  hooks: Hooks,
  tracer: Tracer,
  text: ProgramText,
  options: ConnectionOptions,
): Connection {
  const { collector, sizeModel = 'cpython64', primitives = 'owner', native = null } = options;
  const frames = new FrameReader(tracer, text, native);
  const layout = new GuestLayout($B);
  const sizes = makeSizeModel(sizeModel, primitives, layout, {
    created: (object) => objects.capacityOf(object),
    isShared: text.literals.has,
    isBorn: (value) => objects.values.isBorn(value),
  });
  const objects: ObjectTable = new ObjectTable({
    $B,
    tracer,
    frames,
    layout,
    sizes,
    text,
    watch: (findings) =>
      collector === undefined
        ? new WeakRefWatcher(exposedGc(), findings)
        : new WeakSetWatcher(collector, findings),
  });
  hooks.track = objects.track;
  hooks.trackCopy = objects.trackCopy;
  hooks.grow = objects.grow;
  hooks.attribute = objects.besides.attribute;
  if (sizeModel === 'cpython64') hooks.unwind = objects.besides.unwind;
  if (sizeModel === 'cpython64' && primitives === 'owner') {
    hooks.birth = objects.values.birth;
    hooks.extension = objects.values.extension;
    hooks.passing = objects.values.passing;
    hooks.number = objects.values.number;
    hooks.bigint = objects.values.bigint;
    hooks.filled = ownInts;
  }
  hooks.passingFloat = objects.values.passingFloat;
  hooks.split = markSplit;
  hooks.sized = markSized;
  hooks.copied = markCopy;
  if (sizeModel === 'cpython64') {
    hooks.charge = objects.besides.charge;
    hooks.name = objects.besides.name;
  }
  hooks.room = (items) => objects.admit(items * 8);
  hooks.endBody = (cell) => {
    if (!hooks.tracer.on) return;
    try {
      frames.close(cell);
    } catch {
      objects.failed();
    }
  };
  hooks.labels = guestLabels($B, tracer, frames);
  hooks.tracer = tracer;
  const heap = guestHeap($B, layout, { text, recorded: objects });
  return { objects, frames, sizes, heap };
}

/** The hooks do nothing any more. */
export function disconnect(hooks: Hooks): void {
  hooks.tracer = hooks.idle;
  hooks.labels = null;
  hooks.track = () => undefined;
  hooks.trackCopy = () => undefined;
  hooks.grow = () => undefined;
  hooks.attribute = () => undefined;
  hooks.unwind = () => undefined;
  hooks.birth = () => undefined;
  hooks.extension = () => undefined;
  hooks.passing = () => undefined;
  hooks.passingFloat = () => undefined;
  hooks.number = () => undefined;
  hooks.bigint = () => undefined;
  hooks.filled = () => undefined;
  hooks.fresh = null;
  hooks.last = null;
  hooks.split = () => undefined;
  hooks.sized = () => undefined;
  hooks.copied = () => undefined;
  hooks.charge = () => undefined;
  hooks.name = () => undefined;
  hooks.room = () => undefined;
  hooks.endBody = () => undefined;
}

function guestLabels($B: BrythonInternals, tracer: Tracer, frames: FrameReader): HookedLabels {
  const threads = new ThreadLabels(tracer);
  const running = (work: (cell: FrameCell) => void): void => {
    const cell = $B.frame_obj;
    if (cell !== null && cell !== undefined && tracer.on) work(cell);
  };
  const current = (): LabelRow => {
    let label = noLabel;
    running((cell) => {
      label = frames.labelOf(cell);
    });
    const { host } = frames.labels;
    return label === noLabel && host !== 0 ? host : label;
  };
  return {
    push: (label) => running((cell) => frames.pushLabel(cell, label)),
    pop: () => running((cell) => frames.popLabel(cell)),
    labelFunction: (callable, label) => frames.labels.labelFunction(callable, label),
    current,
    run: (label, thread) =>
      running((cell) => {
        const isNone = label === noLabel || threads.has(label);
        if (thread !== '' && isNone) frames.setLabel(cell, threads.of(thread));
        else if (label !== noLabel) frames.setLabel(cell, label);
      }),
    bind(callback) {
      const label = current();
      if (label === noLabel) return callback;
      return (...args) => frames.labels.entering(label, () => callback(...args));
    },
  };
}
