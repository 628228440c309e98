import { GuestLimit } from '../../contract/index.ts';
import type { WasmoonAdapter } from '../adapter.ts';
import type { LuaApi } from '../host.ts';
import { nativeOf, type RawNative } from './natives.ts';

/** What the Lua part calls. */
export function extraFunctions(
  api: LuaApi,
  { tracer, labels }: WasmoonAdapter,
): Record<string, RawNative> {
  const limit = new GuestLimit(tracer);
  return {
    push_label: (thread) => {
      const name = api.lua_tolstring(thread, 1, null);
      labels.push(thread, tracer.label(name));
      return 0;
    },
    pop_label: (thread) => {
      labels.pop(thread);
      return 0;
    },
    mark: nativeOf(api, ([name]) => {
      tracer.mark(name as string);
      return [];
    }),
    limit: nativeOf(api, ([bytes]) => {
      const problem = limit.set(bytes === 'none' ? null : (bytes as number));
      return problem === null ? [] : [problem];
    }),
  };
}
