import type { Tracer } from '@tracemalloc/core';
import { exposedGc } from '../frees/exposed-gc.ts';
import { WeakRefWatcher } from '../frees/weak-ref-watcher.ts';
import { type Collector, WeakSetWatcher } from '../frees/weak-set-watcher.ts';
import type { Hooks } from './code/hooks.ts';
import type { ProgramText } from './code/program-text.ts';
import { FrameReader } from './frames/frame-reader.ts';
import type { BrythonInternals } from './host.ts';
import { ObjectTable } from './objects/object-table.ts';
import { GuestLayout } from './sizes/layout.ts';
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
};

type ConnectionOptions = {
  readonly sizeModel?: SizeModelName;
  readonly primitives?: PrimitivesPolicy;
  readonly collector?: Collector;
};

/** Points the hooks to a tracer. */
export function connect(
  $B: BrythonInternals,
  hooks: Hooks,
  tracer: Tracer,
  text: ProgramText,
  options: ConnectionOptions,
): Connection {
  const { collector, sizeModel = 'cpython64', primitives = 'owner' } = options;
  const frames = new FrameReader(tracer, text);
  const layout = new GuestLayout($B);
  const sizes = makeSizeModel(sizeModel, primitives, layout, {
    created: (object) => objects.capacityOf(object),
    isShared: text.literals.has,
    isBorn: (value) => objects.texts.isBorn(value),
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
  if (sizeModel === 'cpython64' && primitives === 'owner') {
    hooks.birth = objects.texts.birth;
    hooks.extension = objects.texts.extension;
    hooks.passing = objects.texts.passing;
  }
  hooks.split = objects.split;
  hooks.copied = objects.copied;
  if (sizeModel === 'cpython64') {
    hooks.charge = objects.charge;
    hooks.name = objects.name;
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
  hooks.tracer = tracer;
  return { objects, frames, sizes };
}

/** The hooks do nothing any more. */
export function disconnect(hooks: Hooks): void {
  hooks.tracer = hooks.idle;
  hooks.track = () => undefined;
  hooks.trackCopy = () => undefined;
  hooks.grow = () => undefined;
  hooks.birth = () => undefined;
  hooks.extension = () => undefined;
  hooks.passing = () => undefined;
  hooks.fresh = null;
  hooks.split = () => undefined;
  hooks.copied = () => undefined;
  hooks.charge = () => undefined;
  hooks.name = () => undefined;
  hooks.room = () => undefined;
  hooks.endBody = () => undefined;
}
