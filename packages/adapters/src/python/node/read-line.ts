import { readSync } from 'node:fs';

/** The next line of standard input with its newline; '' at the end. */
export function readLine(): string {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  for (;;) {
    let count = 0;
    try {
      count = readSync(0, one);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') continue;
      break;
    }
    if (count === 0) break;
    bytes.push(one[0]!);
    if (one[0] === 10) break;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
