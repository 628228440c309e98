import { attachWasmoon, installLuaModule } from '@tracemalloc/adapters/wasmoon';
import { luaEnvironment, runLuaProgram } from '@tracemalloc/adapters/wasmoon/node';
import type { Host } from './host.ts';

/** Lua 5.4, in wasmoon. */
export const host: Host = {
  recordsNativeFrames: true,
  async attach({ program, io, tracer, onWarning, nativeFrames, hasGraph }) {
    const { filename, source, argv } = program;
    // Only now: it is of no use to the other commands, and takes them some 10 ms.
    const { LuaFactory } = await import('wasmoon');
    const factory = new LuaFactory(undefined, luaEnvironment(io.env));
    const lua = await factory.createEngine({ enableProxy: false });
    const adapter = attachWasmoon(lua, tracer, { onWarning, nativeFrames });
    const { stdout, stderr, cwd } = io;
    const [script, ...args] = argv;
    // As `lua -e` names it.
    const chosen = script === '-c' ? { filename: '(command line)', source } : { filename };
    return {
      install: () => void installLuaModule(lua, adapter),
      run: () => runLuaProgram(lua, adapter, { ...chosen, args, cwd, stdout, stderr, hasGraph }),
    };
  },
};
