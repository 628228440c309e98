import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { constants } from 'node:os';
import process from 'node:process';
import { ReadStream } from 'node:tty';
import type { Snapshot } from '@tracemalloc/core';
import { load } from '@tracemalloc/core/codec';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { reason } from '../reason.ts';
import { HeldOutput } from './held-output.ts';
import { showLive, type Terminal } from './live-view.ts';

/** How a run that was watched has ended. */
export type LiveRun = {
  readonly exitCode: number;
  /** What lived at the last look, where the user ended it; else the program's process has reported. */
  readonly snapshot: Snapshot | null;
};

/** What is shown of a run. */
export type LiveRunOptions = {
  readonly title: string;
  /** Whether others are to attach: the title has the address. */
  readonly isShared: boolean;
};

/** Milliseconds: between two looks at what the program writes, and until who does not end is made to. */
const flushEvery = 100;
const patience = 2000;

/** What the program's process says, once. */
type Message = { readonly url?: unknown };

/**
 * Runs a program in a process of its own and shows what lives meanwhile. Its streams are its own as far
 * as they are no terminal. What it writes to the terminal is held back until the view is left, and a
 * terminal's keys are the view's: from there it reads nothing.
 *
 * @param args Of `tracemalloc` for that process. @throws CliError where there is no terminal.
 */
export async function runLive(
  args: readonly string[],
  { title, isShared }: LiveRunOptions,
  io: Io,
): Promise<LiveRun> {
  const terminal = terminalOf(io);
  const held = new HeldOutput();
  const output = (stream: NodeJS.WriteStream) => (stream.isTTY ? held.descriptor : 'inherit');
  const script = process.argv[1]!;
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: [
      process.stdin.isTTY ? 'ignore' : 'inherit',
      output(process.stdout),
      output(process.stderr),
      'ipc',
    ],
    env: { COLUMNS: String(terminal.stdout.columns), ...process.env },
  });
  // The terminal's Ctrl+C is for the program alone: what it wrote is still to be shown.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  const flush = (): void => held.flush((bytes) => terminal.stdout.write(bytes));
  let timer: NodeJS.Timeout | undefined;
  try {
    const url = await Promise.race([addressFrom(child), ended.then(() => null)]);
    let snapshot: Snapshot | null = null;
    if (url !== null) {
      const options = {
        url,
        title: `${title} · pid ${child.pid}${isShared ? ` · ${url}` : ''}`,
        waiting: 'waiting for the program …',
        leaving: 'q leaves  ^C ends it',
        color: io.env['NO_COLOR'] === undefined,
        goesOn: false,
      };
      const leave = await showLive(options, terminal).catch(async (error: unknown) => {
        // A program that was killed ends its lines in the midst of one.
        const isOver = await Promise.race([ended.then(() => true), after(patience)]);
        if (isOver !== true) {
          io.stderr(`tracemalloc: the program can't be watched any more: ${reason(error)}\n`);
        }
        return 'ended' as const;
      });
      if (leave === 'program') {
        snapshot = await lastLook(url);
        child.kill('SIGINT');
        setTimeout(() => child.kill('SIGKILL'), patience).unref();
      }
    }
    timer = setInterval(flush, flushEvery);
    return { exitCode: await ended, snapshot };
  } finally {
    clearInterval(timer);
    flush();
    process.off('SIGINT', ignore);
    if (terminal.stdin !== process.stdin) terminal.stdin.destroy();
  }
}

/** Where it shows, and reads keys: what is redirected is the program's. @throws CliError where there is none. */
function terminalOf({ isProcess }: Io): Terminal {
  const stdout = [process.stdout, process.stderr].find(({ isTTY }) => isTTY);
  if (stdout === undefined || isProcess !== true) throw noTerminal('shows itself there');
  if (process.stdin.isTTY) return { stdin: process.stdin, stdout };
  try {
    return { stdin: new ReadStream(openSync('/dev/tty', 'r')), stdout };
  } catch {
    throw noTerminal('reads its keys there');
  }
}

function noTerminal(why: string): CliError {
  return new CliError(
    exitStatus.usage,
    `run --live needs a terminal, and ${why}: use --live-port 0 elsewhere, and tracemalloc live`,
  );
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds).unref());
}

function addressFrom(child: NodeJS.EventEmitter): Promise<string> {
  return new Promise((resolve) => {
    child.once('message', ({ url }: Message) => resolve(String(url)));
  });
}

/** Nothing where the program has ended meanwhile, or does not answer. */
async function lastLook(url: string): Promise<Snapshot | null> {
  try {
    const address = new URL(url);
    address.pathname = '/snapshot';
    const response = await fetch(address, { signal: AbortSignal.timeout(patience) });
    return response.ok ? load(new Uint8Array(await response.arrayBuffer())) : null;
  } catch {
    return null;
  }
}
