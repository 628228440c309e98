/**
 * Reports that the hot path could not use. It never throws into the guest, so it counts them, and
 * a snapshot's metadata carries the counts.
 */
export type Rejected = {
  /** A size that is no integer in 0 … 2^53 − 1: not recorded. */
  badSize: number;
  /** An id that is no integer in 0 … 2^53 − 1: ignored. */
  badId: number;
  /** A domain, traceback or type row that this tracer did not hand out: ignored. */
  badRow: number;
  /** A free, resize or retag of a block that is not live; normal after a late attach. */
  unknownBlock: number;
  /** An allocation of an id that was live: a free was missed, or the block is tracked again. */
  replacedBlock: number;
  /** survive or gcEnd without gcBegin, or gcBegin inside a collection. */
  strayCollection: number;
  /** A block that counts as smaller than it is: all that live together have at most 2^53 − 1 bytes. */
  cutSize: number;
  /** Sites whose bytes ever allocated were above 2^53 − 1 when the snapshot was taken. */
  cutSum: number;
  /** A walk over what lives that threw: what it found last counts as live. */
  failedWalk: number;
};

export function noneRejected(): Rejected {
  return {
    badSize: 0,
    badId: 0,
    badRow: 0,
    unknownBlock: 0,
    replacedBlock: 0,
    strayCollection: 0,
    cutSize: 0,
    cutSum: 0,
    failedWalk: 0,
  };
}
