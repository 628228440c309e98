import {
  type Address,
  type Handle,
  moduleOf,
  type QuickJsContext,
  type QuickJsInstance,
  type QuickJsModule,
} from './host.ts';
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

/** Where the object is that a handle of a context holds. */
export function objectOf(context: QuickJsContext, handle: Handle): Address {
  const { runtime } = context as unknown as { readonly runtime: object };
  // A handle is where a value is, whose first word is where its object is.
  const { value } = handle as unknown as { readonly value: Address };
  return new Uint32Array(instances.get(moduleOf(runtime))!.memory.buffer)[value >>> 2]!;
}

/** The self-test found that all of it is right. */
export function keepInstance(module: object, instance: TraceableInstance): void {
  instances.set(module, instance);
}
