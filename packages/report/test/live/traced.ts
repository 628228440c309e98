import { Tracer } from '@tracemalloc/core';

/** A tracer with a block of each label: `{ '': 100, web: 20 }`; functions are called as labels are. */
export function traced(sizes: Readonly<Record<string, number>>): Tracer {
  const tracer = new Tracer({ metadata: { host: 'a test' } });
  tracer.start(5);
  const frame = (name: string) => tracer.frame(tracer.string('app.py'), 3, tracer.string(name));
  const domain = tracer.domain({ name: 'guest', ids: 'serial' });
  for (const [i, [label, size]] of Object.entries(sizes).entries()) {
    tracer.setLabel(tracer.label(label));
    tracer.stack[0] = frame(label || 'main');
    tracer.alloc(domain, i, size, tracer.capture(1));
  }
  return tracer;
}
