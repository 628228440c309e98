import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  attachWasmoon,
  installLuaModule,
  type LuaFiles,
  runLuaProgram,
} from '@tracemalloc/adapters/wasmoon';
import { CliError, exitStatus } from '../cli-error.ts';
import { reason } from '../reason.ts';
import type { Host, Launch } from './host.ts';

/** Lua 5.4, in wasmoon. */
export const host: Host = {
  async attach({ program, io, tracer, onWarning }) {
    const { filename, source, argv } = program;
    // Only now: it is of no use to the other commands, and takes them some 10 ms.
    const { LuaFactory } = await import('wasmoon');
    const lua = await new LuaFactory(undefined, environment(io)).createEngine({
      enableProxy: false,
    });
    const adapter = attachWasmoon(lua, tracer, { onWarning });
    const { stdout, stderr } = io;
    const files = filesOf(io.cwd);
    return {
      install: () => void installLuaModule(lua, adapter),
      run: () =>
        runLuaProgram(lua, adapter, {
          source,
          filename,
          args: argv.slice(1),
          stdout,
          stderr,
          files,
        }),
    };
  },
};

function filesOf(cwd: string): LuaFiles {
  return {
    read(path) {
      try {
        return readFileSync(resolve(cwd, path));
      } catch {
        return null;
      }
    },
    write(path, content) {
      try {
        writeFileSync(resolve(cwd, path), content);
      } catch (error) {
        throw new CliError(exitStatus.error, `can't write '${path}': ${reason(error)}`);
      }
    },
  };
}

/** What `os.getenv` sees. */
function environment({ env }: Launch['io']): Record<string, string> {
  const variables = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return Object.fromEntries(variables);
}
