import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guide = readFileSync(`${root}docs/writing-an-adapter.md`, 'utf8');

/** Code blocks of the guide that come after "from" or "This is" and a link to an example. */
const quoted = Array.from(
  guide.matchAll(
    /(?:[Ff]rom|This is) \[`(examples\/[^`]+\.[jt]s)`\]\([^)]*\)[^`]*?:\n\n```[jt]s\n(.*?)^```$/gms,
  ),
  ([, file, code]) => ({ file: file!, code: code! }),
);

test('the guide quotes examples', () => {
  expect(quoted.map(({ file }) => file)).toEqual([
    'examples/callbacks/host.ts',
    'examples/contexts/generators.js',
    'examples/contexts/scheduler.js',
  ]);
});

test.each(quoted)('its code is that of $file', ({ file, code }) => {
  const source = readFileSync(`${root}${file}`, 'utf8');
  expect(source.replace(/^\/\/ biome-ignore .*\n/gm, '')).toContain(code);
});

test.each(['generators', 'scheduler'])(
  'contexts/%s.js prints what the guide says',
  async (name) => {
    let printed = '';
    const log = vi.spyOn(console, 'log').mockImplementation((...values) => {
      printed += `${values.join(' ')}\n`;
    });
    try {
      await import(`../../examples/contexts/${name}.js`);
    } finally {
      log.mockRestore();
    }
    expect(guide).toContain(`\`\`\`\n${printed}\`\`\`\n`);
  },
);
