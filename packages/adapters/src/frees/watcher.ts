/**
 * What a table knows a recorded object by. It hangs on the object, and only there: when the object
 * dies, so does its token.
 */
export class Token {
  /** The number that the table knows the object by. */
  readonly slot: number;
  /** The object that it hangs on. */
  readonly target: object;
  /** Tokens of another session of tracing mean nothing any more. */
  readonly epoch: number;

  constructor(slot: number, target: object, epoch: number) {
    this.slot = slot;
    this.target = target;
    this.epoch = epoch;
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
  /** The same without collecting: what is garbage by now may still be found alive. */
  look(): void;
  /**
   * All tokens that have not been collected; a host that can collect at once can list them, too.
   * @param isKnown Slots whose tokens need not be listed: where all that were made together are, it costs nothing.
   */
  living?(isKnown?: (slot: number) => boolean): Token[];
  /** Settles between turns: as exactly as this host allows. */
  settleLater(): Promise<void>;
  /** Finds what died young, cheaply. False where that is not possible. */
  settleYoung(): boolean;
  /** Forgets everything, and reports nothing. */
  reset(): void;
};
