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

  constructor(slot: number, target: GuestObject, epoch: number) {
    this.slot = slot;
    this.target = target;
    this.epoch = epoch;
  }
}

/** Frees a slot whose object has died. */
export type Release = (slot: number) => void;

/** Finds out which objects have died. */
export type Watcher = {
  /** How frees are seen: metadata of snapshots. */
  readonly liveness: 'gc-sync' | 'gc-async' | 'lower-bound';
  /** Hot: called for each recorded object. */
  add(token: Token): void;
  /** Collects garbage if the host can at once, releases what is dead, and shows what is alive. */
  settle(release: Release, alive: (token: Token) => void): void;
  /** Settles between turns: as exactly as this host allows. */
  settleLater(release: Release, alive: (token: Token) => void): Promise<void>;
  /** Forgets everything, and releases nothing. */
  reset(): void;
};
