/**
 * What the adapter hangs on Skulpt's objects. A stamp says where something was allocated: see
 * GuestStack. The names are long because they are looked at beside the program's own, and begin
 * alike so that the size model of V8 leaves them out.
 */
export type Stamps = {
  /** Stamp of where it was allocated; 0 = while nothing was recorded. */
  $tmBirth?: number;
  /** Number of the walk that saw it last. */
  $tmWalk?: number;
  /** Stamp of where its items, or its attributes, were moved to a larger block. */
  $tmGrowth?: number;
  /**
   * Of a list, items that there is room for; of a dict, items that its table holds at most; of a set's
   * table, its slots; of an object, attributes that it has room for. Not there: just as many as there are.
   * Of the attributes of an object with slots, −1 − the slots that are among them.
   */
  $tmRoom?: number;
  /** Items that a set's table has lost, whose places are not free before it is made anew. */
  $tmLost?: number;
  /**
   * Of a class: attributes that its next object gets room for; 0 = as many as it has; below 0 = it
   * has slots, of which −1 − this many are among its attributes.
   */
  $tmNextRoom?: number;
};

/** Their names, for code that is made as text. */
export const stampNames: Readonly<Record<'birth' | 'walk' | 'room', keyof Stamps>> = {
  birth: '$tmBirth',
  walk: '$tmWalk',
  room: '$tmRoom',
};

/** Whether a member of an object is the adapter's. */
export const isStampName = (name: string): boolean => name.startsWith('$tmBirth');

/** Of a suspension and a generator: the FrameRow that the frame was at when it was left. */
export const leftAt = '$tmLine';
/** Of a suspension and a generator: the labels that the frame was given. */
export const givenLabels = '$tmGiven';
/** Of a suspension: the label of what the frame allocated. */
export const label = '$tmLabel';
/** Of Skulpt's note of a frame that an exception came through: what is one for each call. */
export const callOf = '$tmCall';
/** Of a compiled function: bytes that a function object has in CPython besides its own. */
export const functionBytes = '$tmBytes';
/** Of a compiled function: a bit for each variable of the function around it that it uses. */
export const cellsUsed = '$tmCells';
