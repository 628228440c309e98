import { attachWasmoon, installLuaModule } from '@tracemalloc/adapters/wasmoon';
import type { Snapshot } from '@tracemalloc/core';
import { LuaFactory, type LuaThread } from 'wasmoon';
import { serve } from './serve.ts';

serve(async (run) => {
  const { filename, source, files, output, tracer } = run;
  // What Emscripten's streams print goes there, a line at a time.
  console.log = (line: unknown) => output.write(`${line}\n`);
  console.error = (line: unknown) => output.write(`${line}\n`, true);
  const wasm = URL.createObjectURL(new Blob([files['glue.wasm']!], { type: 'application/wasm' }));
  const lua = await new LuaFactory(wasm).createEngine({ enableProxy: false });
  const adapter = attachWasmoon(lua, tracer, {
    onWarning: (message) => output.write(`${message}\n`, true),
  });
  installLuaModule(lua, adapter);
  // Looks when the last line has run, while the program's variables are still alive.
  let snapshot: Snapshot | null = null;
  const look = (): void => {
    adapter.settle();
    snapshot = tracer.isTracing() ? tracer.takeSnapshot() : null;
  };
  const thread = lua.global.newThread();
  run.start();
  try {
    const hasLook = loadProgram(thread, source, filename);
    if (hasLook) thread.pushValue(look);
    await thread.run(hasLook ? 1 : 0);
    return { error: '', line: null, snapshot };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(message.startsWith(`${filename}:`) ? message.split(':')[1] : NaN);
    return { error: `lua: ${message}\n`, line: Number.isNaN(line) ? null : line };
  }
});

/** @returns whether its last statement calls what it is called with; a `return` can't have one after it. */
function loadProgram(thread: LuaThread, source: string, filename: string): boolean {
  try {
    thread.loadString(`${source}\n;(...)()`, `@${filename}`);
    return true;
  } catch {
    thread.loadString(source, `@${filename}`);
    return false;
  }
}
