import type { MemoryTools } from '../module/index.ts';
import { heapFunctions } from './heap-functions.ts';
import { pictureFunctions } from './pictures.ts';
import { toolSources } from './tool-sources.ts';

/**
 * The memory tools that people know, as modules of the guest: `objgraph`, `memory_profiler`, `guppy`,
 * `pympler` (asizeof, muppy, summary), `memray` (Tracker), `memory_limits` (of tests), and `gc.get_objects`, `get_referrers`,
 * `get_referents`. Pass them as `tools` where the guest's `tracemalloc` is installed. A module of the
 * same name beside the program wins.
 */
export const memoryTools: MemoryTools = {
  sources: toolSources,
  native: (host, guest) => ({
    ...heapFunctions(host, guest, new Set(Object.keys(toolSources))),
    ...pictureFunctions(host),
  }),
};
