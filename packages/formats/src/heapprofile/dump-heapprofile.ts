import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import {
  frameLabel,
  knownMeasure,
  type Metric,
  sitesIn,
  stackTree,
  walkTree,
} from '@tracemalloc/core/analysis';
import { TextWriter } from '../shared/text-writer.ts';

/** What {@link dumpHeapprofile} writes. */
export type HeapprofileOptions = {
  /** Whose bytes `selfSize` counts. Default: `live`. */
  readonly metric?: Metric;
};

/** Ids are rows of the tree + 2; the root, which is no row (−1), has id 1. */
const firstId = 2;

/**
 * A snapshot as a V8 sampling heap profile (`.heapprofile`), which the Memory panel of Chrome's
 * DevTools and VS Code open. The profile has one sample a site, with all of the site's bytes.
 *
 * @throws RangeError for an unknown metric; TracemallocError `unsupported` when the snapshot does
 * not know it.
 */
export function dumpHeapprofile(snapshot: Snapshot, options: HeapprofileOptions = {}): Uint8Array {
  const { data } = snapshot;
  const { size, count } = knownMeasure(data, options.metric ?? 'live');
  const sites = sitesIn([{ size, count }], data.sites.length);
  const tree = stackTree(data, sites);
  const selfSize = new Float64Array(tree.length);
  let rootSize = 0;
  for (const [position, site] of sites.entries()) {
    const node = tree.leaf[position]!;
    if (node < 0) rootSize += size[site]!;
    else selfSize[node] = selfSize[node]! + size[site]!;
  }
  const writer = new TextWriter();
  const root = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
  writer.write(`{"head":${openNode(JSON.stringify(root), rootSize, 1)}`);
  const callFrames = callFrameTexts(data);
  // A comma goes before every node but the first of its parent.
  let separator = '';
  walkTree(
    tree,
    (row) => {
      const node = openNode(callFrames[tree.frame[row]!]!, selfSize[row]!, row + firstId);
      writer.write(separator + node);
      separator = '';
    },
    () => {
      writer.write(']}');
      separator = ',';
    },
  );
  writer.write(']},"samples":[');
  writer.list(sites.entries(), ([position, site]) => {
    const nodeId = tree.leaf[position]! + firstId;
    return JSON.stringify({ size: size[site]!, nodeId, ordinal: position + 1 });
  });
  writer.write(']}\n');
  return writer.finish();
}

function openNode(callFrame: string, selfSize: number, id: number): string {
  return `{"callFrame":${callFrame},"selfSize":${selfSize},"id":${id},"children":[`;
}

/** V8 counts lines from 0; −1 = unknown, as of our 0. */
function callFrameTexts(data: SnapshotData): string[] {
  const { frames, strings } = data;
  return Array.from({ length: frames.length }, (_, row) => {
    const functionName = frameLabel(data, row);
    const url = strings[frames.file[row]!]!;
    const lineNumber = Math.max(0, frames.line[row]!) - 1;
    return JSON.stringify({ functionName, scriptId: '0', url, lineNumber, columnNumber: -1 });
  });
}
