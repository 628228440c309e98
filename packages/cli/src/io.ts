import { writeSync } from 'node:fs';
import process from 'node:process';
import { CliError, exitStatus } from './cli-error.ts';
import { reason } from './reason.ts';

/** What a command touches of its process; tests pass their own. */
export type Io = {
  /** Standard input, read from where it is. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Writes to standard output. */
  readonly stdout: (text: string | Uint8Array) => void;
  /** The same stream as `stdout`, for files that go there (`-o -`). */
  readonly stdoutBytes: (bytes: Uint8Array) => void;
  /** Writes to standard error. */
  readonly stderr: (text: string | Uint8Array) => void;
  /** Whether stderr is a terminal: progress is drawn only there. */
  readonly interactive: boolean;
  /** Whether stdout is a terminal: colours are for people. */
  readonly stdoutIsTerminal: boolean;
  /** Whether keys can be read from stdin. */
  readonly stdinIsTerminal: boolean;
  /** Columns of the terminal, or what takes its place. */
  readonly width: number;
  /** Whether it is all of a process, which may run out of memory. */
  readonly isProcess?: boolean;
  /** Tells the process that started this one; missing where that does not listen. */
  readonly tellParent?: (message: object) => void;
  /** Ends the process at once. */
  readonly exit: (status: number) => void;
  /** Variables of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly cwd: string;
};

/** Columns where no terminal says how many it has, nor COLUMNS. */
const defaultWidth = 80;

/** @throws CliError when the current folder is gone. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endAtStreamError);
  const stdout = (data: string | Uint8Array) => write(process.stdout, 1, data);
  return {
    stdin: () => process.stdin,
    stdout,
    stdoutBytes: stdout,
    stderr: (data) => write(process.stderr, 2, data),
    interactive: process.stderr.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stdinIsTerminal: process.stdin.isTTY === true,
    width: process.stdout.columns ?? columnsOf(process.env),
    isProcess: true,
    ...(process.send !== undefined && { tellParent: (message) => process.send!(message) }),
    exit: (status) => process.exit(status),
    env: process.env,
    cwd: currentFolder(),
  };
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new CliError(
      exitStatus.error,
      `the current folder can't be used: ${reason(error)}; change to one that exists`,
    );
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes at once: a program may write for ever without giving the event loop a turn, in which a
 * stream would tell that nobody reads it any more.
 */
function write(stream: NodeJS.WriteStream, descriptor: number, data: string | Uint8Array): void {
  if (stream.isTTY) {
    stream.write(data);
    return;
  }
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') endAtStreamError(error);
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}

/** Whoever reads us may have had enough (`| head`): that ends the command, without a stack trace. */
function endAtStreamError(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(exitStatus.closedPipe);
  try {
    writeSync(2, `tracemalloc: can't write the output: ${reason(error)}\n`);
  } catch {
    // It is stderr that fails.
  }
  process.exit(exitStatus.error);
}

function columnsOf({ COLUMNS: columns = '' }: NodeJS.ProcessEnv): number {
  return /^[1-9]\d{0,4}$/.test(columns) ? Number(columns) : defaultWidth;
}
