import type { LuaThread } from '../host.ts';
import { ownFrame } from './frame-cache.ts';
import { type StackWalk, unreadable, type WalkContext } from './stack-walk.ts';

/**
 * Asks `lua_getinfo` for every frame: slow, blind to what runs inside coroutines, and not to be
 * used while a block is resized, since that may be the stack itself. For builds whose layout is not
 * known.
 */
export class SafeWalk implements StackWalk {
  depth = 0;
  isOwn = false;
  running: LuaThread;
  readonly isSame = false;
  readonly #context: WalkContext;

  constructor(context: WalkContext) {
    this.#context = context;
    this.running = context.main;
  }

  forget(): void {
    // Nothing is remembered.
  }

  forgetAll(): void {
    // Nothing is remembered.
  }

  walk(moving: number): number {
    if (moving !== 0) return unreadable;
    const { tracer, entries, main } = this.#context;
    this.depth = 0;
    this.isOwn = false;
    this.running = entries.depth === 0 ? main : entries.threads[entries.depth - 1]!;
    const { stack, nframe } = tracer;
    const seen = new Set<LuaThread>();
    for (let i = entries.depth - 1; i >= 0; i--) {
      const thread = entries.threads[i]!;
      if (seen.has(thread)) continue;
      seen.add(thread);
      for (const frame of framesOf(thread, this.#context)) {
        if (frame === ownFrame) this.isOwn ||= this.depth === 0;
        else if (this.depth++ < nframe) stack[this.depth - 1] = frame;
      }
    }
    return Math.min(this.depth, nframe);
  }
}

/** The Lua frames of one thread as `lua_getinfo` tells them, most recent first. */
export function framesOf(
  thread: LuaThread,
  { module, reader }: Pick<WalkContext, 'module' | 'reader'>,
): number[] {
  const frames: number[] = [];
  for (let level = 0; module._lua_getstack(thread, level, reader.address) === 1; level++) {
    const line = reader.ask(thread);
    if (line >= 0) frames.push(reader.frame(line, reader.functionName()));
  }
  return frames;
}
