import {
  type ConformanceHost,
  functionsOf,
  type Programs,
} from '@tracemalloc/adapters/conformance';
import { attachWasmoon, type WasmoonAdapter } from '@tracemalloc/adapters/wasmoon';
import { LuaFactory } from 'wasmoon';

// Objects are long strings: Lua makes each of them anew, as one block that holds its characters.
const head = `kept = kept or {}
local function keep(value) kept[#kept + 1] = value end
`;

const programs: Programs = {
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
collectgarbage()
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
};

/** A header of 16 bytes, and the zero that ends a C string. */
const stringOverhead = 17;

const factory = new LuaFactory();

export const host: ConformanceHost = {
  name: 'Lua (wasmoon)',
  programs,
  type: 'string',
  sizeOf: (elements) => stringOverhead + elements,
  async open() {
    const lua = await factory.createEngine();
    const { lua: api, address } = lua.global;
    let adapter: WasmoonAdapter | null = null;
    return {
      attach(tracer) {
        adapter = attachWasmoon(lua, tracer);
        return adapter.caps;
      },
      run(source, file) {
        const thread = lua.global.newThread();
        // What the compiler allocates belongs to no line.
        const compile = () => thread.loadString(source, `@${file}`);
        if (adapter === null) compile();
        else adapter.exclude(compile);
        thread.runSync();
        lua.global.pop();
      },
      settle: () => adapter?.settle(),
      detach: () => adapter?.detach(),
      fingerprint: () => [
        functionsOf(api, 1),
        api.lua_getallocf(address, null),
        api.lua_gethook(address),
        api.lua_gethookmask(address),
        api.lua_gettop(address),
      ],
      close: () => lua.global.close(),
    };
  },
};
