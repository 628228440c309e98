// Where the collector keeps what it took: a file a post, which has its name only when it is whole.
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

type Pending = {
  readonly part: string;
  readonly path: string;
  readonly day: string;
  readonly settle: (error?: unknown) => void;
};

/** Keeps bodies in folders of days. */
export class SnapshotStore {
  readonly #folder: string;
  readonly #sync: boolean;
  #day = '';
  #pending: Pending[] = [];
  #isCommitting = false;

  /**
   * @param sync Waits until the disk has it: for a loss of power; that of the process needs no
   * waiting.
   */
  constructor(folder: string, sync = false) {
    this.#folder = folder;
    this.#sync = sync;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * Once this is done, the body is kept. Written at once and not in turns: what goes into the
   * system's cache takes a tenth of a millisecond, and promises for it more.
   */
  async keep(body: Uint8Array): Promise<void> {
    const now = new Date().toISOString();
    const day = this.#dayFolder(now.slice(0, 10));
    const name = `${now.slice(11, 23).replaceAll(/\D/g, '')}-${randomBytes(9).toString('hex')}`;
    const part = join(this.#folder, `.${name}.part`);
    const path = join(day, `${name}.tm.gz`);
    try {
      writeFileSync(part, body, { flag: 'wx' });
      if (this.#sync) await this.#commit(part, path, day);
      else renameSync(part, path);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    }
  }

  #dayFolder(day: string): string {
    const folder = join(this.#folder, day);
    if (this.#day !== day) mkdirSync(folder, { recursive: true });
    this.#day = day;
    return folder;
  }

  /** What comes while the disk is busy waits, and goes to it together. */
  async #commit(part: string, path: string, day: string): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      const settle = (error?: unknown): void => (error === undefined ? resolve() : reject(error));
      this.#pending.push({ part, path, day, settle });
    });
    if (!this.#isCommitting) {
      this.#isCommitting = true;
      while (this.#pending.length > 0) await commitAll(this.#pending.splice(0));
      this.#isCommitting = false;
    }
    return done;
  }
}

/** First the bytes, then the names, and the folders that have them once for all. */
async function commitAll(batch: readonly Pending[]): Promise<void> {
  const outcomes = await Promise.allSettled(
    batch.map(async ({ part, path }) => {
      await flush(part);
      renameSync(part, path);
    }),
  );
  const days = [...new Set(batch.map(({ day }) => day))];
  const [folders] = await Promise.allSettled([Promise.all(days.map(flush))]);
  for (const [i, { settle }] of batch.entries()) {
    const failed = [outcomes[i]!, folders!].find(({ status }) => status === 'rejected');
    settle((failed as PromiseRejectedResult | undefined)?.reason);
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
