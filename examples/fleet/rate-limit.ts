// How many requests each sender has left: a bucket that fills steadily.

type Bucket = { tokens: number; at: number };

/** More senders than this are forgotten, those that came first. */
const maxSenders = 100_000;

export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param burst Requests that may come at once. */
  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Takes one of the sender's. @param now in milliseconds. */
  allows(sender: string, now: number): boolean {
    const bucket = this.#buckets.get(sender) ?? { tokens: this.#burst, at: now };
    bucket.tokens = Math.min(
      this.#burst,
      bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond,
    );
    bucket.at = now;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens--;
    this.#buckets.set(sender, bucket);
    const [first] = this.#buckets.keys();
    if (this.#buckets.size > maxSenders) this.#buckets.delete(first!);
    return isAllowed;
  }
}
