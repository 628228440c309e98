import { Session } from 'node:inspector/promises';
import { dumpHeapprofile } from '@tracemalloc/formats/heapprofile';
import { expect, test } from 'vitest';
import { smallSnapshot } from '../../packages/formats/test/small-snapshot.ts';

/** The fields of a value and of the first items in it, with the types of their values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  const fields = Object.entries(value).map(([key, item]) => [
    key,
    // Trees are of different depth; children are nodes again.
    key === 'children' ? 'nodes' : shapeOf(item),
  ]);
  return Object.fromEntries(fields.sort());
}

test('a .heapprofile has the fields of one that V8 made', async () => {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: 64 });
  const kept = Array.from({ length: 1000 }, (_, index) => ({ index }));
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  expect(kept).toHaveLength(1000);
  const ours = JSON.parse(new TextDecoder().decode(dumpHeapprofile(smallSnapshot())));
  expect(shapeOf(ours)).toEqual(shapeOf(profile));
  expect(shapeOf(ours.head.children)).toEqual(shapeOf(profile.head.children));
});
