import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { attachWasmoon, installLuaModule, runLuaProgram } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Io } from '../io.ts';
import type { Program } from '../program.ts';
import { reason } from '../reason.ts';
import type { Traced } from './host.ts';

/** Lua 5.4, in wasmoon. */
export async function runLua(program: Program, nframe: number, io: Io): Promise<Traced> {
  const { filename, source, argv } = program;
  // Only now: it is of no use to the other commands, and takes them some 10 ms.
  const { LuaFactory } = await import('wasmoon');
  const lua = await new LuaFactory(undefined, environment(io)).createEngine({
    enableProxy: false,
  });
  const tracer = new Tracer();
  const adapter = attachWasmoon(lua, tracer, {
    onWarning: (message) => io.stderr(`tracemalloc: ${message}\n`),
  });
  installLuaModule(lua, adapter);
  return runLuaProgram(lua, adapter, {
    source,
    filename,
    args: argv.slice(1),
    stdout: io.stdout,
    stderr: io.stderr,
    onStart: () => {
      if (nframe > 0) tracer.start(nframe);
    },
    files: {
      read(path) {
        try {
          return readFileSync(resolve(io.cwd, path));
        } catch {
          return null;
        }
      },
      write(path, content) {
        try {
          writeFileSync(resolve(io.cwd, path), content);
        } catch (error) {
          throw new CliError(exitStatus.error, `can't write '${path}': ${reason(error)}`);
        }
      },
    },
  });
}

/** What `os.getenv` sees. */
function environment({ env }: Io): Record<string, string> {
  const variables = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return Object.fromEntries(variables);
}
