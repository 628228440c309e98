test('a CommonJS test imports what it needs', async () => {
  const { assertPeakAtMost, traced } = await import('@tracemalloc/vitest/assert');
  const { Arena, parse } = await import('../arena.js');
  const arena = new Arena();
  assertPeakAtMost(
    traced(arena.tracer, () => parse(arena, 'to be or not')),
    '73 B',
  );
});
