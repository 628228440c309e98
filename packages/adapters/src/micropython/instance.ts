import type { HookPoints } from './code/hook-points.ts';
import type { MicroPythonExports } from './host.ts';
import type { Layout } from './layout.ts';

/** An instance whose functions can be replaced, which those are, and where things lie in it. */
export type TraceableInstance = {
  readonly exports: MicroPythonExports;
  readonly points: HookPoints;
  readonly layout: Layout;
};

const instances = new WeakMap<object, TraceableInstance>();

/** What is behind a host that was loaded so that it can be traced; `undefined` for another one. */
export function instanceOf(host: object): TraceableInstance | undefined {
  return instances.get(host);
}

/** The self-test found that all of it is right. */
export function keepInstance(host: object, instance: TraceableInstance): void {
  instances.set(host, instance);
}
