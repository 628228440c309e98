import type { GuestStack } from '../frames/guest-stack.ts';
import type { SkulptObject } from '../host.ts';
import { cellBytes } from '../sizes/unseen.ts';
import { cellsUsed } from '../stamps.ts';
import type { Born } from './births.ts';

/**
 * Members of the object that a call of a function has its shared variables in. They are symbols
 * because Skulpt copies such an object name by name.
 */
const madeAt: unique symbol = Symbol('stamp of the call');
const walked: unique symbol = Symbol('walk that counted its cells');
const counted: unique symbol = Symbol('cells that the walk has counted');

type Cells = { [madeAt]?: number; [walked]?: number; [counted]?: number };

/**
 * CPython makes a call's cells before its first line, so that they are the caller's. It is noted
 * when the first function is made that needs them.
 */
export function bornFunction(stack: GuestStack, born: Born | null): Born {
  return (made) => {
    const cells = cellsOf(made);
    if (cells !== null && cells[madeAt] === undefined) cells[madeAt] = stack.callerStamp();
    born?.(made);
  };
}

/** Stamp of the call that the cells of a function are of; undefined where it has none. */
export function stampOfCells(guestFunction: SkulptObject): number | undefined {
  return cellsOf(guestFunction)?.[madeAt];
}

/** Bytes of the cells of a function that no other function was asked for in the same walk. */
export function bytesOfCells(guestFunction: SkulptObject, walk: number): number {
  const cells = cellsOf(guestFunction);
  if (cells === null) return 0;
  const code = guestFunction['func_code'] as { readonly [cellsUsed]?: number } | undefined;
  const before = cells[walked] === walk ? (cells[counted] ?? 0) : 0;
  cells[walked] = walk;
  cells[counted] = before | (code?.[cellsUsed] ?? 0);
  let bytes = 0;
  for (let rest = cells[counted] & ~before; rest !== 0; rest &= rest - 1) bytes += cellBytes;
  return bytes;
}

function cellsOf(guestFunction: SkulptObject): Cells | null {
  return (guestFunction['func_closure'] as Cells | null | undefined) ?? null;
}
