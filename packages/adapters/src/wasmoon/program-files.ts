import type { LuaApi } from './host.ts';

/** The disk, as a program of the guest sees it. */
export type LuaFiles = {
  /** `null` when there is no such file, or it can't be read. */
  read(path: string): Uint8Array | null;
  write(path: string, content: Uint8Array): void;
};

type MemoryFiles = {
  readonly streams: readonly (Record<string, unknown> | null | undefined)[];
  mkdir(path: string): void;
  writeFile(path: string, content: Uint8Array): void;
  readFile(path: string): Uint8Array;
};

/**
 * Files of a program. Lua's C library has a file system in memory; a file is fetched from the disk
 * before it is opened, and what was opened for writing is put there at the end.
 */
export class ProgramFiles {
  readonly #memory: MemoryFiles;
  readonly #files: LuaFiles;
  readonly #fetched = new Set<string>();
  readonly #written = new Set<string>();

  constructor(api: LuaApi, files: LuaFiles) {
    this.#memory = memoryFilesOf(api);
    this.#files = files;
  }

  readText(path: string): string | null {
    const content = this.#files.read(path);
    return content === null ? null : new TextDecoder().decode(content);
  }

  /** Copies a file to where Lua finds it, once. @param isWritten Put it back at the end. */
  fetch(path: string, isWritten: boolean): void {
    if (!this.#fetched.has(path)) {
      this.#fetched.add(path);
      const content = this.#files.read(path);
      if (content !== null || isWritten) this.#makeFolders(path);
      if (content !== null) this.#memory.writeFile(path, content);
    }
    if (isWritten) this.#written.add(path);
  }

  /** Writes to the disk what the program has written. @throws what the disk throws. */
  flush(): void {
    for (const path of this.#written) {
      let content: Uint8Array;
      try {
        content = this.#memory.readFile(path);
      } catch {
        continue; // Removed by the program, or never made.
      }
      this.#files.write(path, content);
    }
    this.#written.clear();
  }

  #makeFolders(path: string): void {
    const parts = path.split('/').slice(0, -1);
    for (let i = 1; i <= parts.length; i++) {
      const folder = parts.slice(0, i).join('/');
      if (folder === '' || folder === '.' || folder === '..') continue;
      try {
        this.#memory.mkdir(folder);
      } catch {
        // It is there.
      }
    }
  }
}

/** Sends what Lua writes to a descriptor (1 or 2) to a callback. @returns what undoes it. */
export function redirect(
  api: LuaApi,
  descriptor: 1 | 2,
  write: (text: string) => void,
): () => void {
  const stream = memoryFilesOf(api).streams[descriptor];
  const member = Object.entries(stream ?? {}).find(
    ([, value]) => typeof (value as { write?: unknown } | null)?.write === 'function',
  );
  if (stream === null || stream === undefined || member === undefined) return () => undefined;
  const [name, operations] = member;
  const decoder = new TextDecoder('utf-8');
  stream[name] = {
    ...(operations as object),
    write(_stream: unknown, buffer: Uint8Array, offset: number, length: number): number {
      const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
      const text = decoder.decode(bytes, { stream: true });
      if (text !== '') write(text);
      return length;
    },
  };
  return () => {
    const rest = decoder.decode();
    if (rest !== '') write(rest);
    stream[name] = operations;
  };
}

function memoryFilesOf(api: LuaApi): MemoryFiles {
  return (api.module as unknown as { FS: MemoryFiles }).FS;
}
