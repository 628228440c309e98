import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { realFiles } from '../guest-files.ts';
import type { Io } from '../io.ts';
import type { Program } from '../program.ts';
import type { Traced } from './host.ts';

/** Python, in Skulpt. */
export async function runSkulpt(program: Program, nframe: number, io: Io): Promise<Traced> {
  const { filename, source, folder, argv } = program;
  const Sk = createSkulpt(readSkulptBuild());
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer, {
    onWarning: (message) => io.stderr(`tracemalloc: ${message}\n`),
  });
  installSkulptModule(Sk, tracer, adapter, {
    files: realFiles(io.cwd),
    readSource: (name) => readSource(resolve(io.cwd, name)),
  });
  if (nframe > 0) tracer.start(nframe);
  const { exitCode } = await runSkulptProgram(Sk, {
    source,
    filename,
    folder,
    argv,
    stdout: io.stdout,
    stderr: io.stderr,
  });
  return { exitCode, snapshot: tracer.isTracing() ? tracer.takeSnapshot() : null };
}

function readSource(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
