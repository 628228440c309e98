import process from 'node:process';
import { exitStatus } from './cli-error.ts';

/** What a command touches of its process; tests pass their own. */
export type Io = {
  /** Standard input, read from where it is. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  readonly stdout: (text: string | Uint8Array) => void;
  /** The same stream as `stdout`, for files that go there (`-o -`). */
  readonly stdoutBytes: (bytes: Uint8Array) => void;
  readonly stderr: (text: string | Uint8Array) => void;
  /** Whether stderr is a terminal: progress is drawn only there. */
  readonly interactive: boolean;
  /** Whether stdout is a terminal: colours are for people. */
  readonly stdoutIsTerminal: boolean;
  /** Whether keys can be read from stdin. */
  readonly stdinIsTerminal: boolean;
  /** Columns of the terminal, or what takes its place. */
  readonly width: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
};

/** Columns where no terminal says how many it has, nor COLUMNS. */
const defaultWidth = 80;

export function processIo(): Io {
  // Whoever reads us may have had enough (`| head`): that ends the command, without a stack trace.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitStatus.closedPipe);
      throw error;
    });
  }
  return {
    stdin: () => process.stdin,
    stdout: (text) => void process.stdout.write(text),
    stdoutBytes: (bytes) => void process.stdout.write(bytes),
    stderr: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stdinIsTerminal: process.stdin.isTTY === true,
    width: process.stdout.columns ?? columnsOf(process.env),
    env: process.env,
    cwd: process.cwd(),
  };
}

function columnsOf({ COLUMNS: columns = '' }: NodeJS.ProcessEnv): number {
  return /^[1-9]\d{0,4}$/.test(columns) ? Number(columns) : defaultWidth;
}
