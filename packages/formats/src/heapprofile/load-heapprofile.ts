import type { Snapshot } from '@tracemalloc/core';
import { ownBytes } from '@tracemalloc/core/codec';
import { type ProfileFrame, type ProfileRow, snapshotOfRows } from '../shared/profile-rows.ts';
import { arrayOf, badFile, type JsonObject, objectOf, readJson } from '../shared/read-json.ts';

const bad = (what: string, code?: Parameters<typeof badFile>[2]) =>
  badFile('heapprofile', what, code);

/** Whether JSON is a sampling heap profile of V8's, by its fields. */
export function isHeapprofile(file: { readonly [name: string]: unknown }): boolean {
  return typeof file['head'] === 'object' && file['head'] !== null;
}

/**
 * The snapshot of a sampling heap profile of V8's (`.heapprofile`), as Chrome and Node write them:
 * bytes that are live, by stack; a node's samples are its blocks. The bytes are not trusted.
 *
 * @throws TracemallocError `corrupt` or `too-large`.
 */
export function loadHeapprofile(bytes: Uint8Array): Snapshot {
  const file = readJson('heapprofile', ownBytes('loadHeapprofile', bytes));
  const head = objectOf(file['head'], bad, 'head');
  const samples = new Map<unknown, number>();
  for (const sample of arrayOf(file['samples'] ?? [], bad, 'samples')) {
    const { nodeId } = objectOf(sample, bad, 'a sample');
    samples.set(nodeId, (samples.get(nodeId) ?? 0) + 1);
  }
  return snapshotOfRows(rowsOf(head, samples), {
    format: 'heapprofile',
    host: 'V8',
    hasAllocated: false,
    bad,
  });
}

/** Without recursion: a stack may be deeper than ours. */
function* rowsOf(head: JsonObject, samples: ReadonlyMap<unknown, number>): Generator<ProfileRow> {
  const path: ProfileFrame[] = [];
  const open: { readonly children: readonly unknown[]; next: number }[] = [];
  const enter = function* (node: JsonObject, isRoot: boolean): Generator<ProfileRow> {
    if (!isRoot) path.push(frameOf(node));
    const size = node['selfSize'];
    if (typeof size !== 'number' || !(size >= 0)) throw bad(`selfSize can't be ${String(size)}`);
    if (size > 0) {
      const blocks = samples.get(node['id']) ?? 1;
      yield { stack: path.slice().reverse(), live_bytes: size, live_blocks: blocks };
    }
    open.push({ children: arrayOf(node['children'] ?? [], bad, 'children'), next: 0 });
  };
  yield* enter(head, true);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    if (last.next < last.children.length) {
      yield* enter(objectOf(last.children[last.next++], bad, 'a node'), false);
      continue;
    }
    open.pop();
    path.pop();
  }
}

function frameOf(node: JsonObject): ProfileFrame {
  const { functionName, url, lineNumber } = objectOf(node['callFrame'], bad, 'callFrame');
  if (typeof functionName !== 'string' || typeof url !== 'string') {
    throw bad('a call frame has no name');
  }
  // V8 counts lines from 0.
  const line = Number.isInteger(lineNumber) ? Math.max(0, (lineNumber as number) + 1) : 0;
  const isPlace = functionName === `${url}:${line}`;
  return { file: url, line, function: isPlace ? '' : functionName };
}
