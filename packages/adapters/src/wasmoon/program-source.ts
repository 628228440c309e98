/**
 * The Lua part of running a program: modules and files of the host's disk, and the end of the
 * program. It gives the message handler, and what marks the end of the main chunk.
 */
export const programSource = `local native, _G = ..., _G
local collect, exit, load, tostring, type = collectgarbage, os.exit, load, tostring, type
local traceback, getmetatable = debug.traceback, debug.getmetatable

-- Called while the program's last variables still live.
local function finish()
  collect()
  collect()
  native.finish()
end

function os.exit(...)
  finish()
  exit(...)
end

-- In a loaded file a first line that begins with # is none of Lua's.
local function chunk(source, path, ...)
  return load(source:gsub('^#[^\\n]*', '', 1), '@' .. path, ...)
end

table.insert(package.searchers, 2, function(name)
  local path, source = native.find(name)
  if not path then return source end
  local loaded, message = chunk(source, path)
  if loaded then return loaded, path end
  error(("error loading module '%s' from file '%s':\\n\\t%s"):format(name, path, message), 0)
end)

local loadfile0 = loadfile
function loadfile(path, ...)
  if path == nil then return loadfile0(path, ...) end
  local source, message = native.read(path)
  if not source then return nil, 'cannot open ' .. message end
  return chunk(source, path, ...)
end

local dofile0 = dofile
function dofile(path)
  if path == nil then return dofile0() end
  local loaded, message = loadfile(path)
  if not loaded then error(message, 0) end
  return loaded()
end

-- The files that Lua itself sees are in memory: they are fetched before, and put back at the end.
local function open(name, usual)
  local original = io[name]
  io[name] = function(path, ...)
    if type(path) == 'string' then
      local mode = ...
      local letters = name == 'open' and type(mode) == 'string' and mode or usual
      native.fetch(path, letters:find('[wa+]') ~= nil)
    end
    return original(path, ...)
  end
end
open('open', 'r')
open('lines', 'r')
open('input', 'r')
open('output', 'w')

-- As lua's own: an object that can't say what it is shows its type, a text gets a traceback.
local function handler(message)
  finish()
  if type(message) ~= 'string' and type(message) ~= 'number' then
    local metatable = getmetatable(message)
    local text = metatable and metatable.__tostring and metatable.__tostring(message)
    if type(text) == 'string' then return text end
    message = ('(error object is a %s value)'):format(type(message))
  end
  return traceback(message, 2)
end

-- The main chunk fetches this once, in its first line, and closes it when it returns.
local mark = setmetatable({}, { __close = function(_, failure)
  if failure == nil then finish() end
end })
setmetatable(_G, { __index = function(_, key)
  if key ~= native.mark() then return nil end
  setmetatable(_G, nil)
  return mark
end })

return handler
`;
