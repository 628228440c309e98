import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('tracemalloc_server.py', import.meta.url));

/** The first CPython 3.13 that has `_testcapi`, with its version; `null` when there is none. */
export function findCpython(): { command: string; version: string } | null {
  const code = 'import sys, _testcapi; print(sys.executable, sys.version.split()[0])';
  const environment = { ...process.env, PYENV_VERSION: process.env['PYENV_VERSION'] ?? '3.13.0' };
  for (const command of ['python3.13', 'python3']) {
    try {
      const options = { encoding: 'utf8', env: environment, stdio: 'pipe' } as const;
      const [executable, version] = execFileSync(command, ['-c', code], options).trim().split(' ');
      if (version!.startsWith('3.13.')) return { command: executable!, version: version! };
    } catch {
      // Not installed, or built without the C API's test module: the next one.
    }
  }
  return null;
}

/** A CPython that answers requests one at a time; `tracemalloc_server.py` lists them. */
export class CpythonServer {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(command: string) {
    this.#process = spawn(command, [server], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  async ask(request: Readonly<Record<string, unknown>>): Promise<number> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`CPython ended at ${JSON.stringify(request)}`);
    return Number(value);
  }

  /** Ends it; its memory goes with it. */
  close(): void {
    this.#process.stdin!.end();
  }
}
