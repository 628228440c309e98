import type { Metric, Snapshot, Tracer } from '@tracemalloc/core';
import { knowsMetric } from '@tracemalloc/core/analysis';
import { AdapterMistakes } from './adapter-mistakes.ts';
import { failureIn } from './failure-in.ts';

/**
 * What a check may be told to put up with: a tracer that sees `nothing` of the work, a guest that
 * ended with a `failure`, events that were `rejected`, traces that the guest `cleared` (or stopped),
 * a metric that is `unmeasured` on this host.
 */
export type Allowed = 'nothing' | 'failure' | 'rejected' | 'cleared' | 'unmeasured';

export const allowances: readonly Allowed[] = [
  'nothing',
  'failure',
  'rejected',
  'cleared',
  'unmeasured',
];

/**
 * A check has no figures to judge by, so that it can neither pass nor be negated.
 */
export class UnmeasuredError extends Error {
  override readonly name = 'UnmeasuredError' as const;
  /** Why, in one word, which `allow` takes. */
  readonly reason: Allowed;

  constructor(reason: Allowed, problem: string, remedy: string) {
    super(`${problem} ${remedy}, or say allow: ['${reason}'] in traced() if that is meant.`);
    this.reason = reason;
  }
}

/** How a host that is asked tells what lives: it does not know what came and went in between. */
const walked: readonly unknown[] = ['reachable', 'none'];

/** Whether the host counts the metric. */
export function isCounted(snapshot: Snapshot, metric: Metric): boolean {
  if (metric !== 'live' && walked.includes(snapshot.metadata.liveness)) return false;
  return knowsMetric(snapshot.data, metric);
}

/** @throws UnmeasuredError when the host does not count the metric. */
export function checkCounted(snapshot: Snapshot, metric: Metric): void {
  if (isCounted(snapshot, metric)) return;
  const { host } = snapshot.metadata;
  const who = host === undefined ? 'This host' : `This host (${host})`;
  const what = metric === 'peak' ? 'what is live at a time' : 'what is allocated and freed again';
  throw new UnmeasuredError(
    'unmeasured',
    `${who} does not know ${what}: it tells what lives when it is asked.`,
    'Limit what the work leaks',
  );
}

/** @throws UnmeasuredError for a tracer that samples. */
export function checkWhole(tracer: Tracer, allow: readonly Allowed[]): void {
  if (tracer.sampler === null || allow.includes('unmeasured')) return;
  throw new UnmeasuredError(
    'unmeasured',
    'The tracer samples, so the figures of a site are estimates.',
    'Start it without sampling',
  );
}

const meaning: Readonly<Record<string, string>> = {
  badSize: 'a size that is no integer in 0..2^53-1',
  badId: 'a block whose id is no integer in 0..2^53-1',
  badRow: 'a row that this tracer did not give',
  replacedBlock: 'an allocation of a block that is live already',
  strayCollection: 'a collection that did not begin, or began twice',
  failedWalk: 'a walk over what lives that threw',
  openCollection: 'a collection that did not end',
  doubleFree: 'a free of a block that was freed before',
};

/** What the tracer says while the work runs: whether its figures are those of the work. */
export class Watch {
  readonly #tracer: Tracer;
  readonly #allow: readonly Allowed[];
  readonly #session: number;
  readonly #rejected: Readonly<Record<string, number>>;
  readonly #mistakes = new AdapterMistakes();
  /** No longer listens. */
  readonly close: () => void;

  constructor(tracer: Tracer, allow: readonly Allowed[]) {
    this.#tracer = tracer;
    this.#allow = allow;
    this.#session = tracer.session;
    this.#rejected = { ...tracer.rejected };
    this.close = tracer.onEvents(this.#mistakes);
  }

  allows(reason: Allowed): boolean {
    return this.#allow.includes(reason);
  }

  /** Looks at what a run gave back, and at the tracer. @throws UnmeasuredError */
  ran(result: unknown): void {
    const failure = this.allows('failure') ? null : failureIn(result);
    if (failure !== null) {
      throw new UnmeasuredError(
        'failure',
        `The guest ${failure}, so the figures are those of a run that failed.`,
        'Look at what it wrote to stderr',
      );
    }
    this.#checkSession();
    if (!this.allows('rejected')) this.#checkRejected();
  }

  #checkSession(): void {
    const isOn = this.#tracer.isTracing();
    if ((isOn && this.#tracer.session === this.#session) || this.allows('cleared')) return;
    const what = isOn ? 'cleared all traces' : 'stopped tracing';
    throw new UnmeasuredError(
      'cleared',
      `The work ${what}, so what it allocated before is not known.`,
      'Check it without its tracemalloc calls',
    );
  }

  #checkRejected(): void {
    for (const [key, what] of Object.entries(meaning)) {
      const count = this.#count(key);
      if (count <= 0) continue;
      throw new UnmeasuredError(
        'rejected',
        `The tracer rejected ${count === 1 ? 'an event' : `${count} events`} of the work: ${what}.`,
        "Find the adapter's mistake with a CheckedTracer",
      );
    }
  }

  #count(key: string): number {
    if (key === 'doubleFree') return this.#mistakes.doubleFrees;
    if (key === 'openCollection') return this.#mistakes.openCollections.size;
    return (this.#tracer.rejected as Record<string, number>)[key]! - (this.#rejected[key] ?? 0);
  }
}
