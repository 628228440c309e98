import type { Tracer } from '@tracemalloc/core';
import { type HostFrameRules, HostStack } from './host-stack.ts';

export { type HostFrameRules, HostStack, isWasm } from './host-stack.ts';

/**
 * Which of the interpreter's own functions stacks have: none, those of V8's stack, or the one of its allocator that made
 * the block alone, which costs next to nothing and needs no V8.
 */
export type NativeFrames = boolean | 'allocator';

/** What {@link NativeFrames} can be, for the check of options. */
export const nativeFramesRule = [true, false, 'allocator'] as const;

/**
 * Names of an instance's functions by index, as far as it exports them: an export's own name is its index. What a function did
 * before it was replaced has the name that it was asked for by.
 */
export function exportedNames(exports: object): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, value] of Object.entries(exports)) {
    const index = typeof value === 'function' && /^\d+$/.test(value.name) ? Number(value.name) : -1;
    const asked = /^tracemalloc\.function \d+ \S+ (.*)$/s.exec(name)?.[1];
    if (index >= 0) names.set(index, asked ?? name);
  }
  return names;
}

/** What adapters are told of native frames. */
type NativeOptions = {
  readonly nativeFrames?: NativeFrames;
  readonly onWarning?: (message: string) => void;
};

/** The interpreter's own functions, where they are asked for and the engine tells of them; `null` where not. */
export function nativeStack(
  { nativeFrames = false, onWarning }: NativeOptions,
  tracer: Tracer,
  rules: HostFrameRules,
): HostStack | null {
  if (nativeFrames === false) return null;
  const stack = nativeFrames === true ? HostStack.make(tracer, rules) : null;
  if (nativeFrames === true && stack === null) {
    onWarning?.("native frames are those of the allocator alone: others are read from V8's stack");
  }
  tracer.setMetadata({ nativeFrames: stack === null ? 'allocator' : true });
  return stack ?? HostStack.ofAllocators(tracer, rules);
}
