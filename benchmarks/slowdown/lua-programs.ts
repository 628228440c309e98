/** Lua programs that allocate, each in its way, and one that does not. */
export const luaPrograms: Readonly<Record<string, string>> = {
  tables: 'local t = {}\nfor i = 1, 300000 do t[i] = { i, i + 1 } end\nkept = t',
  strings: "local t = {}\nfor i = 1, 300000 do t[#t + 1] = 'k' .. i end\nkept = table.concat(t)",
  trees: `local function tree(d)
  if d == 0 then return {} end
  local left, right = tree(d - 1), tree(d - 1)
  return { left, right }
end
for i = 1, 10 do kept = tree(14) end`,
  coroutines: `for i = 1, 30000 do
  local next = coroutine.wrap(function() for k = 1, 5 do coroutine.yield({ k }) end end)
  for k = 1, 5 do kept = next() end
end`,
  'fib (allocates nothing)': `local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
fib(29)`,
};
