import type { GuestObject } from './host.ts';

/**
 * What the table knows a recorded object by. It hangs on the object, and only there: when the
 * object dies, so does its token.
 */
export class Token {
  readonly slot: number;
  readonly target: GuestObject;
  /** Tokens of another session of tracing mean nothing any more. */
  readonly epoch: number;
  /** Items that there is room for: an array is made with just enough. −1 = not known. */
  capacity: number;
  /** Where it was made, or got the buffer that its items are in; means something as long as the tracer keeps its rows. */
  row = 0;
  /** Whether the strs in it were made with it, whatever else equals them. */
  hasOwnTexts = false;
  /** Whether its items are those of another container. */
  isCopy = false;
  /** Items put into a dict, when somebody counts them. */
  used = 0;

  constructor(slot: number, target: GuestObject, epoch: number, capacity: number) {
    this.slot = slot;
    this.target = target;
    this.epoch = epoch;
    this.capacity = capacity;
  }
}

/** What a watcher tells the table. */
export type Findings = {
  /** The object of this slot has died. */
  readonly dead: (slot: number) => void;
  /** The object of this token was seen alive. */
  readonly alive: (token: Token) => void;
};

/** Finds out which objects have died. */
export type Watcher = {
  /** How frees are seen: metadata of snapshots. */
  readonly liveness: 'gc-sync' | 'gc-async' | 'lower-bound';
  /** Hot: called for each recorded object. */
  add(token: Token): void;
  /** Finds all that died since, if the host can collect garbage at once. */
  settle(): void;
  /** Settles between turns: as exactly as this host allows. */
  settleLater(): Promise<void>;
  /** Finds what died young, cheaply. False where that is not possible. */
  settleYoung(): boolean;
  /** Forgets everything, and reports nothing. */
  reset(): void;
};
