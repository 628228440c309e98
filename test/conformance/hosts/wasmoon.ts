import { type ConformanceHost, functionsOf } from '@tracemalloc/adapters/conformance';
import { attachWasmoon, type WasmoonAdapter } from '@tracemalloc/adapters/wasmoon';
import { LuaFactory } from 'wasmoon';
import { luaPrograms } from '../lua-programs.ts';

/** A header of 16 bytes, and the zero that ends a C string. */
const stringOverhead = 17;

const factory = new LuaFactory();

export const host: ConformanceHost = {
  name: 'Lua (wasmoon)',
  programs: luaPrograms('collectgarbage()'),
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
