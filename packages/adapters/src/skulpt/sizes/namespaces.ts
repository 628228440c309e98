import { cpythonDict, emptyDict, isTableFull } from '../../python/sizes/cpython-rules.ts';

/** Names like `__name__` that CPython puts into a program's main module, and into any other. */
const namesOfMain = 9;
const namesOfModule = 8;

/** Whether the table of a module's names can grow with that many of the program's in it. */
export function mayGrow(count: number): boolean {
  return isTableFull(count + namesOfMain - 1) || isTableFull(count + namesOfModule - 1);
}

/** Bytes of a module's table of names where it grows with the `count`th of the program's; else undefined. */
export function bytesOfTable(count: number, isMain: boolean): number | undefined {
  const names = count + (isMain ? namesOfMain : namesOfModule);
  return isTableFull(names - 1) ? cpythonDict(names, true) - emptyDict : undefined;
}
