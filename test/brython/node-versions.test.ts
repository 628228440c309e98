import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BundledCommand, bundleCommand } from '../setup/bundle-command.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const program = `
import gc, tracemalloc
tracemalloc.start()
kept = [bytes(1000) for _ in range(1000)]
gone = [bytes(1000) for _ in range(1000)]
before = tracemalloc.get_traced_memory()[0]
del gone
gc.collect()
sizes = {s.traceback[0].lineno: s.size for s in tracemalloc.take_snapshot().statistics('lineno')}
print(before > 2_000_000, sizes[4] > 1_000_000, sizes.get(5, 0))
`;

type Version = { major: number; binary: string };
const versions: Version[] = [
  { major: Number(process.versions.node.split('.')[0]), binary: process.execPath },
  ...[22, 24].map((major) => ({
    major,
    binary: `${root}node_modules/.cache/nodes/${major}/bin/node`,
  })),
];

let command: BundledCommand;
beforeAll(async () => {
  command = await bundleCommand();
});
afterAll(() => command?.remove());

for (const { major, binary } of versions) {
  const present = existsSync(binary);
  const why = present ? '' : ' (not run: fetch that Node with `npm run node-versions`)';
  test.runIf(present)(
    `one synchronous run sees a free, on Node ${major}${why}`,
    () => {
      const args = [command.script, 'run', '-q', '--nframe', '0', '-c', program];
      const printed = execFileSync(binary, args, {
        cwd: root,
        encoding: 'utf8',
      });
      expect(printed).toBe('True True 0\n');
    },
    20_000,
  );
}
