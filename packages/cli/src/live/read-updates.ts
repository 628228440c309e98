import type { LiveUpdate } from '@tracemalloc/report/live';

/** A line that is longer is no update. */
const longestLine = 2 ** 24;

/** How updates are read. */
export type ReadOptions = {
  readonly label: string | null;
  readonly onUpdate: (update: LiveUpdate) => void;
  readonly signal: AbortSignal;
};

/** Reads the updates of a run until it ends. @throws Error that says what was answered instead. */
export async function readUpdates(
  url: string,
  { label, onUpdate, signal }: ReadOptions,
): Promise<void> {
  const address = new URL(url);
  address.pathname = '/updates';
  if (label !== null) address.searchParams.set('label', label);
  const response = await fetch(address, { signal });
  if (!response.ok || response.body === null) throw new Error((await response.text()).trim());
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body) {
    rest += decoder.decode(bytes as Uint8Array, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop()!;
    if (rest.length > longestLine) throw new Error('what was sent is no line of an update');
    for (const line of lines) {
      const update = JSON.parse(line) as { type?: unknown };
      if (update.type === 'update') onUpdate(update as LiveUpdate);
    }
  }
}
