/**
 * `require "tracemalloc"` in Lua: checks arguments, gives values their behaviour, and leaves the
 * work to `native`. Natives return `nil` and a text when they fail.
 */
export const luaSource = `local native = ...
local tracemalloc = { _VERSION = 'tracemalloc 0.1.0' }

-- Level 3 is the caller of the function whose argument it is.
local function argument(position, name, message, level)
  error(("bad argument #%d to '%s' (%s)"):format(position, name, message), level or 3)
end

local function got(value)
  return value == nil and 'no value' or type(value)
end

local function integer(position, name, value, low, high)
  local number = math.tointeger(value)
  if type(value) ~= 'number' then
    argument(position, name, 'number expected, got ' .. got(value), 4)
  elseif number == nil then
    argument(position, name, 'number has no integer representation', 4)
  elseif number < low or number > high then
    argument(position, name, ('must be in %d..%d, got %d'):format(low, high, number), 4)
  end
  return number
end

local groups = { filename = true, lineno = true, traceback = true, ['function'] = true, type = true, domain = true }

local function group(position, name, key, cumulative)
  if type(key) ~= 'string' then
    argument(position, name, 'string expected, got ' .. got(key), 4)
  elseif not groups[key] then
    argument(position, name, ("unknown key_type: '%s'"):format(key), 4)
  elseif cumulative and key ~= 'filename' and key ~= 'lineno' then
    argument(position, name, ("cumulative mode cannot by used with key type '%s'"):format(key), 4)
  end
end

local function signed(number)
  return ('%+.0f'):format(number)
end

local function average(size, count)
  if count == 0 then return '' end
  return ', average=' .. native.format_size(size / count, false)
end

local Frame = { __name = 'tracemalloc.Frame' }
function Frame.__tostring(self)
  return ('%s:%d'):format(self.filename, self.lineno)
end
function Frame.__eq(a, b)
  return a.lineno == b.lineno and a.filename == b.filename
end

local Traceback = { __name = 'tracemalloc.Traceback' }
Traceback.__index = Traceback
function Traceback.__tostring(self)
  return tostring(self[1])
end
function Traceback.__eq(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end
-- Oldest frame first, like the traceback itself; a limit keeps the most recent frames.
function Traceback:format(limit, most_recent_first)
  local first, last = 1, #self
  if limit ~= nil then
    limit = integer(1, 'format', limit, math.mininteger, math.maxinteger)
    if limit > 0 then first = math.max(1, last - limit + 1) else last = last + limit end
    if limit == 0 then last = 0 end
  end
  local lines = {}
  for i = first, last do
    local frame = self[most_recent_first and first + last - i or i]
    lines[#lines + 1] = ('  File "%s", line %d'):format(frame.filename, frame.lineno)
  end
  return lines
end

local Statistic = { __name = 'tracemalloc.Statistic' }
function Statistic.__tostring(self)
  local size = native.format_size(self.size, false)
  return ('%s: size=%s, count=%d%s'):format(self.label, size, self.count, average(self.size, self.count))
end

local StatisticDiff = { __name = 'tracemalloc.StatisticDiff' }
function StatisticDiff.__tostring(self)
  return ('%s: size=%s (%s), count=%d (%s)%s'):format(
    self.label, native.format_size(self.size, false), native.format_size(self.size_diff, true),
    self.count, signed(self.count_diff), average(self.size, self.count))
end

local Trace = { __name = 'tracemalloc.Trace' }
function Trace.__tostring(self)
  return ('%s: %s'):format(self.traceback, native.format_size(self.size, false))
end

local function traceback(frames)
  for _, frame in ipairs(frames) do setmetatable(frame, Frame) end
  return setmetatable(frames, Traceback)
end

local function described(values, metatable)
  for _, value in ipairs(values) do
    traceback(value.traceback)
    setmetatable(value, metatable)
  end
  return values
end

local handles = setmetatable({}, { __mode = 'k' })
local Snapshot = { __name = 'tracemalloc.Snapshot' }
local methods = {}

local function handleOf(name, self)
  local handle = handles[self]
  if handle == nil then
    error(("calling '%s' on bad self (tracemalloc.Snapshot expected, got %s)"):format(name, got(self)), 3)
  end
  return handle
end

local function snapshot(handle)
  local self = setmetatable({}, Snapshot)
  handles[self] = handle
  return self
end

function Snapshot.__len(self)
  return native.trace_count(handles[self])
end
function Snapshot.__index(self, name)
  if name == 'traceback_limit' then return native.snapshot_limit(handles[self]) end
  return methods[name]
end
function Snapshot.__gc(self)
  native.release(handles[self])
end
function Snapshot.__tostring(self)
  return ('<Snapshot of %d traces>'):format(#self)
end

function methods.statistics(self, key, cumulative)
  local handle = handleOf('statistics', self)
  group(1, 'statistics', key, cumulative)
  return described(native.statistics(handle, key, cumulative and true or false), Statistic)
end
function methods.compare_to(self, old, key, cumulative)
  local handle = handleOf('compare_to', self)
  local oldHandle = handles[old]
  if oldHandle == nil then argument(1, 'compare_to', 'tracemalloc.Snapshot expected, got ' .. got(old)) end
  group(2, 'compare_to', key, cumulative)
  return described(native.compare_to(handle, oldHandle, key, cumulative and true or false), StatisticDiff)
end
local fields = { inclusive = 'boolean', filename_pattern = 'string', lineno = 'integer', all_frames = 'boolean', domain = 'integer' }

-- Of one filter: its fields in the order in which native takes them, false for what it has not.
local function fieldsOf(i, filter)
  local function wrong(message, ...)
    argument(1, 'filter_traces', ('filter %d: ' .. message):format(i, ...), 5)
  end
  if type(filter) ~= 'table' then wrong('table expected, got %s', got(filter)) end
  for name, value in pairs(filter) do
    local expected = fields[name]
    if expected == nil then
      wrong('unknown field %s; it has inclusive, filename_pattern, lineno, all_frames and domain', tostring(name))
    elseif expected == 'integer' and (type(value) ~= 'number' or math.tointeger(value) == nil) then
      wrong('%s must be an integer, got %s', name, type(value) == 'number' and value or got(value))
    elseif expected ~= 'integer' and type(value) ~= expected then
      wrong('%s must be a %s, got %s', name, expected, got(value))
    end
  end
  if filter.filename_pattern == nil and (filter.domain == nil or filter.lineno ~= nil) then
    wrong('it needs a filename_pattern, or a domain alone')
  end
  local inclusive = filter.inclusive
  if inclusive == nil then inclusive = true end
  return inclusive, filter.filename_pattern or false, filter.lineno or false, filter.all_frames or false,
    filter.domain or false
end

function methods.filter_traces(self, filters)
  local handle = handleOf('filter_traces', self)
  if type(filters) ~= 'table' then argument(1, 'filter_traces', 'table expected, got ' .. got(filters)) end
  for key in pairs(filters) do
    if math.type(key) ~= 'integer' then
      argument(1, 'filter_traces', ('list of filters expected, got a field %s: write { { … } }'):format(tostring(key)))
    end
  end
  local flat = {}
  for i, filter in ipairs(filters) do
    local last = #flat
    flat[last + 1], flat[last + 2], flat[last + 3], flat[last + 4], flat[last + 5] = fieldsOf(i, filter)
  end
  local result, message = native.filter_traces(handle, table.unpack(flat))
  if result == nil then argument(1, 'filter_traces', message) end
  return snapshot(result)
end
-- for trace in snapshot:traces() do … end; traces of one traceback share its table.
function methods.traces(self)
  local handle = handleOf('traces', self)
  local i, count = 0, #self
  local batch, at, tracebacks = '', 1, {}
  local unpack = string.unpack
  return function()
    i = i + 1
    -- The snapshot must live as long as the loop.
    if i > count or not handles[self] then return nil end
    if at > #batch then batch, at = native.traces(handle, i), 1 end
    local domain, size, row
    domain, size, row, at = unpack('<I4dI4', batch, at)
    size = math.tointeger(size) or size
    local frames = tracebacks[row]
    if frames == nil then
      frames = traceback(native.frames(handle, i))
      tracebacks[row] = frames
    end
    return setmetatable({ domain = domain, size = size, traceback = frames }, Trace)
  end
end

function tracemalloc.start(nframe)
  native.start(nframe == nil and 1 or integer(1, 'start', nframe, 1, 65535))
end
function tracemalloc.take_snapshot()
  local handle, message = native.take_snapshot()
  if handle == nil then return nil, message end
  return snapshot(handle)
end
function tracemalloc.get_object_traceback(object)
  local frames = native.get_object_traceback(object)
  return frames and traceback(frames)
end
for _, name in ipairs { 'stop', 'is_tracing', 'get_traced_memory', 'reset_peak', 'clear_traces',
    'get_traceback_limit', 'get_tracemalloc_memory' } do
  local call = native[name]
  tracemalloc[name] = function() return call() end
end

return tracemalloc
`;
