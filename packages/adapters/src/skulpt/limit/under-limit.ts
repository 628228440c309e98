import type { Tracer } from '@tracemalloc/core';
import { excessMessage, Restorer } from '../../contract/index.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt } from '../host.ts';
import { makeException } from '../native-exception.ts';
import { checkGiants } from './giants.ts';
import { Meter } from './meter.ts';

/** Follows what is allocated as long as the tracer has a limit, and raises MemoryError: without one it costs nothing. */
export function watchLimit(
  Sk: Skulpt,
  tracer: Tracer,
  stack: GuestStack,
  restorer: Restorer,
): void {
  const checks = new Restorer();
  const meter = new Meter(tracer, stack, (excess) => {
    stack.paused++;
    try {
      const kinds = Sk.builtins as Record<string, unknown>;
      const kind = kinds['MemoryError'] as new (message: string) => object;
      throw new kind(excessMessage(excess));
    } finally {
      stack.paused--;
    }
  });
  let wasLimited = false;
  const sync = (): void => {
    const isLimited = tracer.limit !== null && tracer.on;
    if (isLimited === wasLimited) return;
    wasLimited = isLimited;
    stack.meter = isLimited ? meter : null;
    stack.makings.length = 0;
    if (!isLimited) {
      checks.restore();
      return;
    }
    const names = Sk.builtins as Record<string, unknown>;
    if (names['MemoryError'] === undefined) {
      checks.set(names, 'MemoryError', makeException(Sk, 'MemoryError', Sk.builtin.Exception));
    }
    checkGiants(Sk, checks, (bytes) => meter.admit(bytes));
  };
  restorer.add(() => {
    stack.meter = null;
    checks.restore();
  });
  restorer.add(tracer.onSwitch(sync));
  sync();
}
