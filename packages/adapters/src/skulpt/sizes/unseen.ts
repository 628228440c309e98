/** Bytes that CPython's objects take which Skulpt has none of its own for. */

/** A variable that functions share. */
export const cellBytes = 40;
/** A traceback object, one for each frame that an exception came through. */
export const tracebackBytes = 56;
/** A frame object: that of a function with four values, in variables or on the stack. */
export const frameBytes = 200;
