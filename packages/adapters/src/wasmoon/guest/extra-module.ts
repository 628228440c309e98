import { GuestLimit } from '../../contract/index.ts';
import type { WasmoonAdapter } from '../adapter.ts';
import type { LuaApi } from '../host.ts';
import { nativeOf, type RawNative } from './natives.ts';

/** `require "tracemalloc_extra"` in Lua: checks arguments, and leaves the work to `native`. */
export const extraSource = `local native = ...
local extra = {}

local function named(name, callee)
  if type(name) ~= 'string' then
    error(("bad argument #1 to '%s' (string expected, got %s)"):format(callee, name == nil and 'no value' or type(name)), 3)
  end
  return name
end

local Scope = { __name = 'tracemalloc_extra.label' }
Scope.__index = Scope
function Scope:close()
  if self.open then
    self.open = false
    native.pop_label()
  end
end
Scope.__close = Scope.close

local function open(name)
  native.push_label(name)
  return setmetatable({ open = true }, Scope)
end

-- local scope <close> = label 'parsing' labels what this coroutine allocates until the end of the
-- block; label('parsing', f) is f, labelled whenever it runs.
function extra.label(name, f)
  named(name, 'label')
  if f == nil then return open(name) end
  return function(...)
    local scope <close> = open(name)
    return f(...)
  end
end

-- Names this moment in the time line, if one is recorded.
function extra.mark(name)
  native.mark(named(name, 'mark'))
end

-- Bytes that may live together from now on; nil: as many as whoever runs the program allows.
function extra.limit(size)
  local bytes = size == nil and 'none' or math.tointeger(size)
  if not bytes then
    error(("bad argument #1 to 'limit' (integer or nil expected, got %s)"):format(type(size)), 2)
  end
  local message = native.limit(bytes)
  if message then error(("bad argument #1 to 'limit' (%s)"):format(message), 2) end
end

return extra
`;

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
