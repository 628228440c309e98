/** Before 5.4 no scope closes itself: an error must be caught, and loses its stack. */
const around = {
  closing: `function(...)
    local scope <close> = open(name)
    return f(...)
  end`,
  catching: `function(...)
    return finish(open(name), pcall(f, ...))
  end`,
};

/**
 * The source of `require "tracemalloc_extra"`: it checks arguments, and leaves the work to the functions that it is given.
 * @param hasClose Whether the Lua has `<close>`, as it does from 5.4 on.
 */
export function luaExtraSource(hasClose: boolean): string {
  return `local native = ...
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

local function finish(scope, ok, ...)
  scope:close()
  if not ok then error((...), 0) end
  return ...
end

-- local scope <close> = label 'parsing' labels what this coroutine allocates until the end of the
-- block; label('parsing', f) is f, labelled whenever it runs.
function extra.label(name, f)
  named(name, 'label')
  if f == nil then return open(name) end
  return ${hasClose ? around.closing : around.catching}
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
}
