import type { Tracer } from '@tracemalloc/core';
import { type HostFrameRules, HostStack } from './host-stack.ts';

export { type HostFrameRules, HostStack, isWasm } from './host-stack.ts';

/** What adapters are told of native frames. */
type NativeOptions = {
  readonly nativeFrames?: boolean;
  readonly onWarning?: (message: string) => void;
};

/** The interpreter's own functions, where they are asked for and the engine tells of them; `null` where not. */
export function nativeStack(
  { nativeFrames = false, onWarning }: NativeOptions,
  tracer: Tracer,
  rules: HostFrameRules,
): HostStack | null {
  if (!nativeFrames) return null;
  const stack = HostStack.make(tracer, rules);
  if (stack === null) onWarning?.("native frames are off: they are read from V8's stack");
  else tracer.setMetadata({ nativeFrames: true });
  return stack;
}
