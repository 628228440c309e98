/** UTF-8 bytes of an answer, all in all. */
const maxAnswerBytes = 2048;

/** Bytes for what says that there is more. */
const reserved = 96;

const encoder = new TextEncoder();

/**
 * A page of an answer: as many whole lines as 2 kB hold, under its first line, with the number of the
 * next page where there is one. @param page 1-based.
 * @throws RangeError when there is no such page.
 */
export function pageOf(head: string, lines: readonly string[], page: number): string {
  const room = maxAnswerBytes - reserved - bytesOf(head);
  const pages: string[][] = [[]];
  let used = 0;
  for (const line of lines) {
    const bytes = bytesOf(line) + 1;
    if (used + bytes > room && pages.at(-1)!.length > 0) {
      pages.push([]);
      used = 0;
    }
    pages.at(-1)!.push(line);
    used += bytes;
  }
  const own = pages[page - 1];
  if (own === undefined) throw new RangeError(`page must be 1 to ${pages.length}, got ${page}`);
  const more =
    page < pages.length ? [`(page ${page} of ${pages.length}; page: ${page + 1} for more)`] : [];
  return [head, ...own, ...more].join('\n');
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}
