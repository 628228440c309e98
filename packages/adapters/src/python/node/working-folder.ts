import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemError } from './errno.ts';

/** The guest's working folder: it may go elsewhere without the process that hosts it. */
export class WorkingFolder {
  #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  /** A path as the system takes it. What the guest writes stays as it is: `file/` is no file. */
  place(path: string | Buffer): string | Buffer {
    if (path.length === 0) throw systemError('ENOENT');
    if (typeof path === 'string') return path.startsWith('/') ? path : `${this.#path}/${path}`;
    return path[0] === 0x2f ? path : Buffer.concat([Buffer.from(`${this.#path}/`), path]);
  }

  /** Python: os.chdir. Throws as `node:fs` does. */
  enter(path: string): void {
    const placed = resolve(this.#path, path);
    if (!statSync(placed).isDirectory()) throw systemError('ENOTDIR');
    this.#path = placed;
  }
}
