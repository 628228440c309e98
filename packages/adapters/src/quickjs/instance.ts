import type { QuickJsInstance, QuickJsModule } from './host.ts';
import type { Layout } from './layout.ts';

/** An instance whose table is at hand, and where things lie in its memory. */
export type TraceableInstance = QuickJsInstance & {
  readonly layout: Layout;
  /** What it was loaded as. */
  readonly host: QuickJsModule;
  /** Places in the table that were ours and are free: a table does not shrink. */
  readonly freeSlots: number[];
};

const instances = new WeakMap<object, TraceableInstance>();

/** What is behind Emscripten's module; `undefined` where it was loaded in another way. */
export function instanceOf(module: object): TraceableInstance | undefined {
  return instances.get(module);
}

/** The self-test found that all of it is right. */
export function keepInstance(module: object, instance: TraceableInstance): void {
  instances.set(module, instance);
}
