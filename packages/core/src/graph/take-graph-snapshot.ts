import { Snapshot } from '../api/snapshot.ts';
import { usedSites } from '../api/take-snapshot.ts';
import { recorderOf, type Tracer } from '../api/tracer.ts';
import type { BlockId, TracebackRow } from '../base/units.ts';
import type { SiteTable } from '../table/site-table.ts';
import type { Recorder } from '../tracer/recorder.ts';
import type { Heap } from './heap.ts';
import { type Births, walkHeap } from './walk-heap.ts';

/**
 * A snapshot with the graph of a guest's heap at that moment: who holds what, beside where it was born.
 * Its metadata say in `graph` how many objects were `recorded` and how many of them are `reached` from
 * roots that the host knows of. Cost: that of `takeSnapshot`, and O(objects + edges) of the heap.
 *
 * @throws TracemallocError `not-tracing` as `takeSnapshot`.
 */
export function takeGraphSnapshot<T>(tracer: Tracer, heap: Heap<T>): Snapshot {
  const snapshot = tracer.takeSnapshot();
  const { graph, recorded, reached } = walkHeap(heap, birthsIn(recorderOf(tracer)));
  const metadata = { ...snapshot.metadata, graph: { recorded, reached } };
  return Snapshot.fromData({ ...snapshot.data, graph, metadata });
}

/** By the sites that a snapshot taken just before has. */
function birthsIn(recorder: Recorder): Births {
  const { used, rows } = usedSites(recorder);
  const { sites, strings } = recorder;
  /** By traceback and type, only where somebody asks that way. */
  let byTraceback: Map<TracebackRow, number[]> | null = null;
  return {
    ofBlock: (domain: number, block: BlockId) => {
      const site = recorder.siteOf(domain, block);
      return site === 0 ? -1 : rows[site]!;
    },
    sizeOf: (domain: number, block: BlockId) => {
      for (const { code, store } of recorder.domains) {
        if (code === domain && store.find(block) !== 0) return store.foundSize[0]!;
      }
      return 0;
    },
    ofTraceback: (traceback: TracebackRow, type: string) => {
      byTraceback ??= groupByTraceback(used, sites);
      const all = byTraceback.get(traceback) ?? [];
      const site = all.find((each) => strings.at(sites.typeOf(each)) === type) ?? all[0];
      return site === undefined ? -1 : rows[site]!;
    },
  };
}

function groupByTraceback(used: Int32Array, sites: SiteTable): Map<TracebackRow, number[]> {
  const groups = new Map<TracebackRow, number[]>();
  for (const site of used) {
    const traceback = sites.tracebackOf(site);
    const group = groups.get(traceback);
    if (group === undefined) groups.set(traceback, [site]);
    else group.push(site);
  }
  return groups;
}
