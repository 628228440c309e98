import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  type PathLike,
  readSync,
  writeSync,
} from 'node:fs';
import { isatty } from 'node:tty';
import { systemError } from './errno.ts';
import { sleep } from './sleep.ts';

/** Where a file stands; Node has no lseek, so that the position is kept here. */
type Place = { position: number; readonly appends: boolean };

const seekSet = 0;
const seekCurrent = 1;
const seekEnd = 2;

/** Milliseconds to wait for more of a stream that has nothing just now. */
const patience = 5;

/** Files of the system by descriptor, with C's read, write and lseek. Throws as `node:fs` does. */
export class OpenFiles {
  readonly #places = new Map<number, Place>();

  open(path: PathLike, flags: number, mode = 0o666): number {
    const fd = openSync(path, flags, mode);
    this.#places.delete(fd);
    return fd;
  }

  close(fd: number): void {
    this.#places.delete(fd);
    closeSync(fd);
  }

  /** Up to `length` bytes from where the file stands; none at its end. */
  read(fd: number, length: number): Uint8Array {
    const place = this.#placeOf(fd);
    const bytes = Buffer.allocUnsafe(length);
    for (;;) {
      try {
        const count = readSync(fd, bytes, 0, length, place === null ? null : place.position);
        if (place !== null) place.position += count;
        return bytes.subarray(0, count);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // A pipe or a terminal with nothing in it yet; on Windows the end of a pipe is an error.
        if (code === 'EOF') return bytes.subarray(0, 0);
        if (code !== 'EAGAIN') throw error;
        sleep(patience);
      }
    }
  }

  /** Writes all of it, and gives how much that is. */
  write(fd: number, bytes: Uint8Array): number {
    const place = this.#placeOf(fd);
    let done = 0;
    while (done < bytes.length) {
      const at = place === null || place.appends ? null : place.position + done;
      try {
        done += writeSync(fd, bytes, done, bytes.length - done, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        sleep(patience);
      }
    }
    if (place !== null) {
      place.position = place.appends ? fstatSync(fd).size : place.position + done;
    }
    return done;
  }

  /** @returns the new position. */
  seek(fd: number, offset: number, whence: number): number {
    const place = this.#placeOf(fd);
    if (place === null) throw systemError('ESPIPE');
    let base: number;
    if (whence === seekSet) base = 0;
    else if (whence === seekCurrent) base = place.position;
    else if (whence === seekEnd) base = fstatSync(fd).size;
    else throw systemError('EINVAL');
    if (base + offset < 0) throw systemError('EINVAL');
    place.position = base + offset;
    return place.position;
  }

  truncate(fd: number, size: number): void {
    ftruncateSync(fd, size);
  }

  isSeekable(fd: number): boolean {
    return this.#placeOf(fd) !== null;
  }

  isTerminal(fd: number): boolean {
    return isatty(fd);
  }

  /** Says that what is written to the descriptor goes to the end of its file. */
  append(fd: number): void {
    if (this.#placeOf(fd) === null) return;
    this.#places.set(fd, { position: fstatSync(fd).size, appends: true });
  }

  /** `null` for what has no position: pipes, sockets, terminals. */
  #placeOf(fd: number): Place | null {
    const known = this.#places.get(fd);
    if (known !== undefined) return known;
    if (!fstatSync(fd).isFile()) return null;
    // Descriptors 0 to 2 may be files, of which others have read or written a part.
    if (fd <= 2) return null;
    const place: Place = { position: 0, appends: false };
    this.#places.set(fd, place);
    return place;
  }
}
