import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { CheckedTracer } from '../../src/callbacks/index.ts';
import { LabelSwitch, noLabel } from '../../src/contract/index.ts';

test.each([
  ['tracer', () => new Tracer()],
  ['checked tracer', () => new CheckedTracer()],
])(
  "the host's label holds where the guest has none, and a guest's label that was left on a %s is none of the host's",
  (_, newTracer) => {
    const tracer = newTracer();
    const labels = new LabelSwitch(tracer);
    const seen: string[] = [];
    const names = new Map(['', 'guest', 'host', 'other'].map((name) => [tracer.label(name), name]));
    const look = (guest: string | null): void => {
      labels.use(guest === null ? noLabel : tracer.label(guest));
      seen.push(names.get(tracer.currentLabel)!);
    };
    look(null);
    look('guest');
    tracer.withLabel('host', () => {
      look('guest');
      look(null);
      tracer.withLabel('guest', () => look(null));
      look('other');
    });
    look(null);
    tracer.setLabel(tracer.label('host'));
    look(null);
    look('other');
    tracer.setLabel(tracer.label('other'));
    look(null);

    expect(seen.join()).toBe(',guest,guest,host,guest,other,,host,other,other');
    expect(names.get(tracer.hostLabel)).toBe('other');
  },
);
