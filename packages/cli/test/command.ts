import { main } from '../src/main.ts';

export type Result = { status: number; stdout: string; stderr: string };

export type Surroundings = {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array | string;
  readonly width?: number;
  readonly terminal?: boolean;
};

/** The command in a folder: what it prints and how it ends. */
export async function tracemallocIn(
  cwd: string,
  args: readonly string[],
  { env = {}, stdin = '', width = 80, terminal = false }: Surroundings = {},
): Promise<Result> {
  const result: Result = { status: -1, stdout: '', stderr: '' };
  const stdout = (text: string | Uint8Array) => {
    result.stdout += typeof text === 'string' ? text : Buffer.from(text).toString();
  };
  const stderr = (text: string | Uint8Array) => {
    result.stderr += typeof text === 'string' ? text : Buffer.from(text).toString();
  };
  result.status = await main(args, {
    stdin: async function* () {
      // In small pieces, as pipes may give it.
      const bytes = Buffer.from(stdin);
      for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
    },
    stdout,
    stdoutBytes: (bytes) => stdout(Buffer.from(bytes).toString('latin1')),
    stderr,
    interactive: false,
    stdoutIsTerminal: terminal,
    stdinIsTerminal: false,
    width,
    exit: (status) => {
      throw new Error(`the process would end with status ${status}`);
    },
    env,
    cwd,
  });
  return result;
}
