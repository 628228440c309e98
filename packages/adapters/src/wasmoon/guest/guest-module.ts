import {
  DomainFilter,
  Filter,
  type FilterOptions,
  formatSize,
  type GroupKey,
  type Snapshot,
  type Statistic,
  type StatisticDiff,
  type Traceback,
  type TraceFilter,
  TracemallocError,
} from '@tracemalloc/core';
import type { WasmoonAdapter } from '../adapter.ts';
import { ownSource } from '../connection.ts';
import { type LuaApi, type LuaThread, loadText, luaType, type WasmoonHost } from '../host.ts';
import { extraFunctions, extraSource } from './extra-module.ts';
import { luaSource } from './lua-source.ts';
import type { LuaValue } from './lua-values.ts';
import { type Argument, Natives, nativeOf, type RawNative } from './natives.ts';

/** `require "tracemalloc"` and `require "tracemalloc_extra"` in one Lua state. */
export type LuaGuestModule = {
  /** Takes the modules out of `package` again. What the guest kept of them no longer works. */
  uninstall(): void;
};

/** A module: its Lua part, and the functions that this calls. */
type Module = { readonly source: string; readonly functions: Record<string, RawNative> };

/** As many as the guest is given at once; what it does not ask for is lost work. */
const tracesAtOnce = 256;

/**
 * Makes `require "tracemalloc"` and `"tracemalloc_extra"` work. Nothing is compiled until the guest
 * asks for it; what the modules allocate is not traced.
 *
 * @throws TracemallocError `unsupported-host` when the state has no library `package`.
 */
export function installLuaModule(host: WasmoonHost, adapter: WasmoonAdapter): LuaGuestModule {
  const api = host.global.lua as LuaApi;
  const main = host.global.address;
  const natives = Natives.of(api);
  const modules: Record<string, Module> = {
    tracemalloc: { source: luaSource, functions: nativeFunctions(api, adapter) },
    tracemalloc_extra: { source: extraSource, functions: extraFunctions(api, adapter) },
  };
  const added: number[] = [];
  const add = (native: RawNative): number => {
    const id = natives.add((thread) => adapter.exclude(() => native(thread)));
    added.push(id);
    return id;
  };
  const set = (name: string, field: string, push: () => void): void => {
    adapter.exclude(() => setPackageField(api, main, { name, field }, push));
  };
  for (const [name, { source, functions }] of Object.entries(modules)) {
    const ids = Object.entries(functions).map(([name, native]) => [name, add(native)] as const);
    const opener = add((thread) => openModule(api, thread, source, natives, ids));
    set(name, 'preload', () => natives.push(main, opener));
  }
  return {
    uninstall() {
      for (const id of added) natives.remove(id);
      for (const name of Object.keys(modules)) {
        set(name, 'preload', () => api.lua_pushnil(main));
        set(name, 'loaded', () => api.lua_pushnil(main));
      }
    },
  };
}

/** `package[field][name] = what push pushes`. */
function setPackageField(
  api: LuaApi,
  main: LuaThread,
  { name, field }: { readonly name: string; readonly field: string },
  push: () => void,
): void {
  const top = api.lua_gettop(main);
  const isTable =
    api.lua_getglobal(main, 'package') === luaType.table &&
    api.lua_getfield(main, -1, field) === luaType.table;
  if (isTable) {
    push();
    api.lua_setfield(main, -2, name);
  }
  api.lua_settop(main, top);
  if (isTable) return;
  throw new TracemallocError(
    'unsupported-host',
    `the Lua state has no package.${field}: open its standard library`,
  );
}

/** What `require` calls: runs the Lua part with the natives. */
function openModule(
  api: LuaApi,
  thread: LuaThread,
  source: string,
  natives: Natives,
  ids: readonly (readonly [string, number])[],
): number {
  const message = loadText(api, thread, source, `=${ownSource}`);
  if (message !== null) throw new Error(message);
  api.lua_createtable(thread, 0, ids.length);
  for (const [name, id] of ids) {
    natives.push(thread, id);
    api.lua_setfield(thread, -2, name);
  }
  api.lua_callk(thread, 1, 1, 0, null);
  return 1;
}

/** What the Lua part calls. It has checked the arguments' types. */
function nativeFunctions(api: LuaApi, adapter: WasmoonAdapter): Record<string, RawNative> {
  const { tracer } = adapter;
  const snapshots = new Map<number, Snapshot>();
  let lastHandle = 0;
  const keep = (snapshot: Snapshot): number => {
    snapshots.set(++lastHandle, snapshot);
    return lastHandle;
  };
  const at = (handle: Argument): Snapshot => snapshots.get(handle as number)!;
  const simple: Record<string, (args: readonly Argument[]) => readonly LuaValue[]> = {
    start([nframe]) {
      tracer.start(nframe as number);
      return [];
    },
    stop() {
      tracer.stop();
      return [];
    },
    is_tracing: () => [tracer.isTracing()],
    get_traced_memory() {
      const { current, peak } = tracer.getTracedMemory();
      return [current, peak];
    },
    reset_peak() {
      tracer.resetPeak();
      return [];
    },
    clear_traces() {
      tracer.clearTraces();
      return [];
    },
    get_traceback_limit: () => [tracer.getTracebackLimit()],
    get_tracemalloc_memory: () => [tracer.getTracemallocMemory()],
    take_snapshot: () => [keep(tracer.takeSnapshot())],
    release([handle]) {
      snapshots.delete(handle as number);
      return [];
    },
    trace_count: ([handle]) => [at(handle).traces.length],
    snapshot_limit: ([handle]) => [at(handle).tracebackLimit],
    frames: ([handle, position]) => [
      framesOf(at(handle).traces.at((position as number) - 1)!.traceback),
    ],
    traces: ([handle, position]) => [tracesFrom(at(handle), (position as number) - 1)],
    statistics([handle, key, cumulative]) {
      const options = { cumulative: cumulative as boolean };
      return [
        at(handle)
          .statistics(key as GroupKey, options)
          .map(statisticOf),
      ];
    },
    compare_to([handle, old, key, cumulative]) {
      const options = { cumulative: cumulative as boolean };
      return [
        at(handle)
          .compareTo(at(old), key as GroupKey, options)
          .map(differenceOf),
      ];
    },
    filter_traces([handle, ...fields]) {
      const filters: TraceFilter[] = [];
      for (let i = 0; i < fields.length; i += 5) filters.push(filterOf(fields.slice(i, i + 5)));
      return [keep(at(handle).filterTraces(filters))];
    },
    format_size: ([size, sign]) => [formatSize(size as number, sign as boolean)],
  };
  const entries = Object.entries(simple).map(([name, work]) => [name, nativeOf(api, work)]);
  return {
    ...Object.fromEntries(entries),
    get_object_traceback: objectTraceback(api, adapter),
  };
}

/** Tables, functions and strings are known by their address, which is where their block is. */
function objectTraceback(api: LuaApi, adapter: WasmoonAdapter): RawNative {
  return (thread) => {
    const address = api.lua_topointer(thread, 1);
    const found = address === 0 ? null : adapter.tracebackOf(address);
    return nativeOf(api, () => [found === null ? undefined : framesOf(found)])(thread);
  };
}

function framesOf(traceback: Traceback): LuaValue {
  return traceback.frames.map(({ filename, lineno, functionName }) => ({
    filename,
    lineno,
    ...(functionName !== '' && { function_name: functionName }),
  }));
}

function statisticOf({ traceback, size, count, label }: Statistic): LuaValue {
  return { traceback: framesOf(traceback), size, count, label };
}

function differenceOf(difference: StatisticDiff): LuaValue {
  const { traceback, size, sizeDiff, count, countDiff, label } = difference;
  return {
    traceback: framesOf(traceback),
    size,
    size_diff: sizeDiff,
    count,
    count_diff: countDiff,
    label,
  };
}

/**
 * Domain, size and traceback of some traces, 4, 8 and 4 bytes each: a string costs Lua less than as
 * many numbers, and tables of them far less.
 */
function tracesFrom({ data: { traces, sites } }: Snapshot, first: number): Uint8Array {
  const count = Math.min(traces.length - first, tracesAtOnce);
  const view = new DataView(new ArrayBuffer(16 * count));
  for (let i = 0; i < count; i++) {
    const site = traces.site[first + i]!;
    view.setUint32(16 * i, sites.domain[site]!, true);
    view.setBigInt64(16 * i + 4, BigInt(traces.size[first + i]!), true);
    view.setUint32(16 * i + 12, sites.traceback[site]!, true);
  }
  return new Uint8Array(view.buffer);
}

/** Of fields that the Lua part has looked at. @throws RangeError for numbers that are none. */
function filterOf(fields: readonly Argument[]): TraceFilter {
  const [inclusive, pattern, lineno, allFrames, domain] = fields;
  if (pattern === false) return new DomainFilter(inclusive as boolean, domain as number);
  const options: FilterOptions = {
    allFrames: allFrames as boolean,
    ...(lineno !== false && { lineno: lineno as number }),
    ...(domain !== false && { domain: domain as number }),
  };
  return new Filter(inclusive as boolean, pattern as string, options);
}
