-- A service whose listeners are added with each request, and never taken out again.
local service = { listeners = {}, served = 0 }

local function listen(event, callback)
  local listeners = service.listeners[event] or {}
  service.listeners[event] = listeners
  listeners[#listeners + 1] = callback
end

function service.request(n)
  local page = { 'page', n }
  listen('done', function() return page end)
  service.served = service.served + 1
  return #page
end

return service
