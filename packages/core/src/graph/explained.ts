import { isLibraryFile } from '../analysis/library.ts';
import type { HeapGraph } from './heap-graph.ts';

/** Of recorded objects, how many a root that is known reaches; the others hang on the host. */
export type Explained = { readonly recorded: number; readonly reached: number };

/**
 * How much of what was recorded the roots that are known explain: of the program's own objects, and of
 * those that its libraries made. `null` where the host could not list what was recorded, so that nothing
 * is known to be missing. O(objects).
 */
export function explainedIn(graph: HeapGraph): { own: Explained; library: Explained } | null {
  // Metadata come from files, so it may be anything.
  const { recorded } = (graph.snapshot.metadata['graph'] ?? {}) as Record<string, unknown>;
  if (typeof recorded !== 'number') return null;
  const { site } = graph.data.objects;
  const isLibrary = librarySites(graph);
  const { order, holder, via } = graph.reach;
  const isHosts = new Uint8Array(graph.length);
  const own = { recorded: 0, reached: 0 };
  const library = { recorded: 0, reached: 0 };
  for (const object of order) {
    const from = holder[object]!;
    const byHost = from < 0 ? graph.root(-1 - via[object]!).kind === 'host' : isHosts[from] === 1;
    isHosts[object] = byHost ? 1 : 0;
    if (site[object]! < 0) continue;
    const sum = isLibrary[site[object]!] === 1 ? library : own;
    sum.recorded++;
    if (!byHost) sum.reached++;
  }
  return { own, library };
}

/** Sites whose newest frame is a library's. */
function librarySites({ snapshot }: HeapGraph): Uint8Array {
  const { sites, tracebacks, frames, strings } = snapshot;
  return Uint8Array.from({ length: sites.length }, (_, site) => {
    const newest = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!];
    return newest !== undefined && isLibraryFile(strings[frames.file[newest]!]!) ? 1 : 0;
  });
}
