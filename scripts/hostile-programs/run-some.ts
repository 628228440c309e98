// Runs some of the hostile programs as `tracemalloc run` does, and prints how each ended:
//   node … run-some.ts HOST LIMIT NUMBER,NUMBER,…
import process from 'node:process';
import { knownHosts } from '../../packages/cli/src/hosts/known-hosts.ts';
import { runProgram } from '../../packages/cli/src/hosts/run-program.ts';
import { processIo } from '../../packages/cli/src/io.ts';
import { parseSize } from '../../packages/core/src/python/index.ts';
import { luaPrograms, pythonPrograms } from './programs.ts';

const [name = '', limit = '', numbers = ''] = process.argv.slice(2);
const programs = name === 'lua' ? luaPrograms : pythonPrograms;
const host = await knownHosts[name]!.load();
const real = processIo();
for (const number of numbers.split(',').map(Number)) {
  const { source } = programs[number]!;
  let stderr = '';
  const io = {
    ...real,
    isProcess: false,
    stdout: () => undefined,
    stderr: (text: string | Uint8Array) => {
      stderr += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    exit: () => {
      process.stdout.write('given up after many errors\n');
      process.exit(0);
    },
  };
  process.stdout.write('begins\n');
  // As `-c` has it: Lua reads scripts from the disk.
  const file = '<string>';
  const program = { filename: file, file, source, folder: '.', argv: ['-c'] };
  const tracing = {
    nframe: 5,
    isHidden: true,
    timeline: null,
    hasGraph: false,
    nativeFrames: false,
    sampled: null,
    livePort: null,
    isLiveChild: false,
    isRead: true,
    memoryLimit: parseSize(limit)!,
  };
  const { exitCode } = await runProgram(host, program, tracing, io);
  // What a program that grows may end by; anything else is named, as a fault.
  const [error] =
    /MemoryError|not enough memory|RecursionError|stack overflow|\w+Error/.exec(stderr) ?? [];
  const line = stderr.trim().split('\n')[0];
  const ending = error === undefined ? `ENDED BY NO ERROR (${line})` : `ended by ${error}`;
  process.stdout.write(`${exitCode === 0 ? 'ended by itself' : ending}\n`);
}
