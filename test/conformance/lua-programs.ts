import type { Programs } from '@tracemalloc/adapters/conformance';

// Objects are long strings: Lua makes each of them anew, as one block that holds its characters.
const head = `kept = kept or {}
local function keep(value) kept[#kept + 1] = value end
`;

/** In Lua, for any host of it. @param collect A call that collects garbage, where there is one. */
export const luaPrograms = (collect: string): Programs => ({
  blocks: `${head}
for i = 1, 10 do
  keep(('a'):rep(100 + i)) -- @a
end
for i = 1, 5 do
  keep(('b'):rep(100 + i)) -- @b
end
`,
  sizes: `${head}
keep(('a'):rep(10)) -- @a
keep(('b'):rep(100)) -- @b
`,
  frees: `${head}
for i = 1, 10 do
  local text = ('a'):rep(100 + i) -- @a
  if i > 4 then keep(text) end
end
${collect}
`,
  calls: `${head}
local function inner()
  keep(('a'):rep(100)) -- @inner
end
local function nothing() end
local function outer()
  nothing()
  inner() -- @outer
end
outer() -- @main
`,
  recursion: `${head}
local function down(n)
  if n == 0 then
    keep(('a'):rep(100)) -- @bottom
  else
    down(n - 1) -- @down
  end
end
down(20) -- @main
`,
  coroutine: `${head}
local thread = coroutine.create(function()
  coroutine.yield()
  keep(('a'):rep(100)) -- @inside
end)
coroutine.resume(thread)
local function again()
  coroutine.resume(thread) -- @resume
end
again() -- @main
`,
  exceptions: `${head}
local function c() error() end
local function b() c() end
local function a() b() end
pcall(a)
keep(('a'):rep(100)) -- @after
`,
});
