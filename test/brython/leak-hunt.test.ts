import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createGuest } from './guest.ts';

const folder = fileURLToPath(new URL('../../examples/leak-hunt/', import.meta.url));

test('the leak of examples/leak-hunt is on top, and its traceback leads to the cache', async () => {
  const guest = await createGuest();
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.py') || file === 'app.py') continue;
    guest.runtime.addModule(file.slice(0, -3), readFileSync(folder + file, 'utf8'));
  }
  const text = guest.run(readFileSync(`${folder}app.py`, 'utf8'), 'app.py');
  const sections = text.split('\n\n');
  expect(sections.map((section) => section.split('\n')[0])).toEqual([
    '400 requests after 50 to warm up, 0 failed.',
    'Top 10 lines',
    'What grew between the two snapshots',
    expect.stringMatching(/^Where the biggest of them is allocated \(\d+ blocks/),
    expect.stringMatching(
      /^Live now \d+\.\d KiB, at the peak \d+\.\d KiB: \d+\.\d times as much\.$/,
    ),
    'What to try next',
  ]);
  const leak = lineOf('handlers.py', "['li', size]");
  expect(sections[2]?.split('\n')[1]).toMatch(new RegExp(`handlers\\.py:${leak}: .*\\(\\+\\d`));
  expect(sections[3]?.replaceAll('VFS.', '').split('\n').slice(1)).toEqual([
    ...frame('app.py', 'main()\n'),
    ...frame('app.py', 'failures = serve'),
    ...frame('app.py', 'status, _ ='),
    ...frame('router.py', 'body = handler'),
    ...frame('handlers.py', 'self.pages.get'),
    ...frame('cache.py', 'render()'),
    ...frame('handlers.py', 'self.pages.get'),
    ...frame('handlers.py', "['li', size]"),
  ]);
});

/** The number of the last line of an example's file that has `text`; a final `\n` asks for its end. */
function lineOf(file: string, text: string): number {
  const lines = readFileSync(folder + file, 'utf8').split('\n');
  return lines.reduce((last, line, i) => (`${line}\n`.includes(text) ? i + 1 : last), 0);
}

function frame(file: string, text: string): [string, string] {
  const line = lineOf(file, text);
  const source = readFileSync(folder + file, 'utf8').split('\n')[line - 1] ?? '';
  return [`  File "${file}", line ${line}`, `    ${source.trim()}`];
}
