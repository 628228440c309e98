import type { Bytes, EmitBlock, Tracer } from '@tracemalloc/core';
import { ObjectTracker } from '../../callbacks/index.ts';
import type { AdapterCaps } from '../../contract/index.ts';
import type { Collector } from '../../frees/weak-set-watcher.ts';
import type { Classes } from '../classes.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { SkulptObject } from '../host.ts';
import type { Born } from './births.ts';
import type { LiveSet } from './live-set.ts';

/** How it is known what lives. */
export type Follow = {
  /** Told of each object that is born; `null` where a stamp is enough. */
  readonly born: Born | null;
  readonly frees: AdapterCaps['frees'];
  /** Walks and events that failed. */
  failures(): number;
  settle(): void;
  settleLater(): Promise<void>;
  detach(): void;
};

/** By a walk whenever memory is read. */
export function walkObjects(tracer: Tracer, objects: LiveSet): Follow {
  let live: LiveSet | null = objects;
  let failures = 0;
  const liveSet = (emit: EmitBlock): void => {
    try {
      live?.walk(emit);
    } catch (error) {
      failures++;
      throw error;
    }
  };
  tracer.domain({ name: 'skulpt', ids: 'walked', liveSet });
  return {
    born: null,
    frees: 'reachable',
    failures: () => failures,
    settle: () => undefined,
    settleLater: () => Promise.resolve(),
    detach() {
      live = null;
    },
  };
}

/** By what JavaScript has collected. */
export function followObjects(
  tracer: Tracer,
  stack: GuestStack,
  classes: Classes,
  how: { readonly sizeOf: (object: SkulptObject) => Bytes; readonly collector: Collector | null },
): Follow {
  const source = { traceback: () => Math.max(0, stack.rowOf(stack.stamp())) };
  const tracker = new ObjectTracker(tracer, source, {
    name: 'skulpt',
    sizeOf: (object) => how.sizeOf(object as SkulptObject),
    collector: how.collector,
  });
  let failures = 0;
  return {
    born(object) {
      if (object.$tmBirth === 0) return;
      const before = tracer.currentLabel;
      tracer.useLabel(stack.labelNow());
      try {
        tracker.track(object, classes.of(object.ob$type!).type);
      } catch {
        failures++;
      } finally {
        tracer.useLabel(before);
      }
    },
    frees: tracker.liveness,
    failures: () => failures,
    settle: () => tracker.settle(),
    settleLater: () => tracker.settleLater(),
    detach: () => tracker.detach(),
  };
}
