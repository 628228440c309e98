const cell = new Int32Array(new SharedArrayBuffer(4));

/** Lets time pass while nothing else runs in this thread. Python: time.sleep. */
export function sleep(milliseconds: number): void {
  if (milliseconds > 0) Atomics.wait(cell, 0, 0, milliseconds);
}
