import type { FrameCell, GuestObject } from '../host.ts';

/** Cheap, and 0 for what has no length (yet). */
export function lengthOf(object: unknown): number {
  return ((object as { length?: number } | undefined)?.length as number) | 0;
}

/** A generator object is made while its function's frame is already on the stack. */
export function creatorOf(object: GuestObject, cell: FrameCell): FrameCell {
  const { js_gen: inner } = object as { js_gen?: { $name?: string } };
  return cell.prev === null || inner?.$name === '<genexpr>' ? cell : cell.prev;
}
