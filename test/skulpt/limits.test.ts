import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';

test('what Skulpt does not count passes no check, and what it does is checked', async () => {
  const Sk = createSkulpt(readSkulptBuild());
  const tracer = new Tracer();
  using _ = attachSkulpt(Sk, tracer);
  const running = (source: string) =>
    traced(tracer, () =>
      runSkulptProgram(Sk, { source, filename: 'app.py', stderr: () => undefined }),
    );
  const list = running('x = [[i] for i in range(1000)]\n');
  const unknown = 'This host (skulpt 1.2.0) does not know what is ';
  await expect(expect(list).toAllocateAtMost(0)).rejects.toThrow(unknown);
  await expect(expect(list).toAllocateBlocksAtMost(0)).rejects.toThrow(unknown);
  await expect(expect(list).toPeakAtMost(0)).rejects.toThrow(unknown);
  await expect(expect(list).toMatchAllocationBaseline('none.txt')).rejects.toThrow(unknown);
  await expect(expect(list).toKeepTo({ leak: '1 KiB' }, { warmup: 0 })).rejects.toThrow(
    'The work was allowed to leak 1024 B in 1 run and leaked ',
  );
  await expect(expect(running('1/0')).toLeakNothing()).rejects.toThrow(
    'The guest ended with exit status 1',
  );
});
