// A program in its host as nobody traces it: what `npm run real-programs` compares with.
//   node … scripts/run-untraced.ts HOST FILE
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { correctedLines } from '../packages/adapters/src/brython/node/corrections.ts';
import { guestSources } from '../packages/adapters/src/brython/node/guest-sources.ts';
import { createBrython } from '../packages/adapters/src/brython/node/index.ts';
import { LibraryCache } from '../packages/adapters/src/brython/node/library-cache.ts';
import { hashOf } from '../packages/adapters/src/python/node/installed.ts';
import {
  createSkulpt,
  readSkulptBuild,
  runSkulptProgram,
} from '../packages/adapters/src/skulpt/node/index.ts';
import { main } from '../packages/cli/src/main.ts';
import { findProgram, type Program } from '../packages/cli/src/program.ts';

const hosts: Readonly<Record<string, (program: Program) => Promise<number>>> = {
  async brython({ source, file, folder, argv }) {
    const runtime = await createBrython({ instrumented: false, argv });
    // To compile `unittest` takes seconds; a traced run finds it compiled, too.
    const version = hashOf(...correctedLines.flat(), ...Object.values(guestSources));
    const cache = new LibraryCache(runtime.$B, join(tmpdir(), 'tracemalloc-untraced'), version);
    const { exitCode } = await runtime.runToEnd({ source, filename: file, folder });
    cache.keep();
    return exitCode;
  },
  async skulpt({ source, file, folder, argv }) {
    const Sk = createSkulpt(readSkulptBuild());
    const stdout = (text: string): void => void process.stdout.write(text);
    const stderr = (text: string): void => void process.stderr.write(text);
    const request = { source, filename: file, folder, argv, stdout, stderr };
    return (await runSkulptProgram(Sk, request)).exitCode;
  },
  // Its program runs in the adapter, which does nothing until it traces.
  lua: ({ filename }) => main(['run', '-q', '--nframe', '0', filename]),
};

const [host = '', file = ''] = process.argv.slice(2);
const run = hosts[host];
if (run === undefined) {
  throw new Error(`no host is called '${host}': ${Object.keys(hosts).join(', ')} are`);
}
// Lua's messages have the name that it was given, Python's the whole path.
const name = host === 'lua' ? file : resolve(file);
process.exitCode = await run(
  findProgram({ args: [name], module: undefined, code: undefined }, process.cwd()),
);
