/// <reference lib="esnext.disposable" preserve="true" />
import type { Tracer } from '../api/tracer.ts';

/**
 * Traces until the block ends: `using _ = tracing(tracer, 25)`. A tracer that traced before goes on
 * as it was. @throws as `tracer.start`.
 */
export function tracing(tracer: Tracer, nframe = 1): Disposable {
  const wasOn = tracer.isTracing();
  tracer.start(nframe);
  return {
    [Symbol.dispose]() {
      if (!wasOn) tracer.stop();
    },
  };
}
