// Fetches the other Node versions that tests run guests on, as packages: `npm run node-versions`.
// Without them, those tests say that they did not run.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.cache/nodes/', import.meta.url));
const options = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };

mkdirSync(folder, { recursive: true });
for (const major of [22, 24]) {
  if (existsSync(`${folder}${major}/bin/node`)) continue;
  const name = `node-${process.platform}-${process.arch}@${major}`;
  const tarball = execFileSync('npm', ['pack', '--silent', name], options).trim();
  mkdirSync(`${folder}${major}`, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', String(major), '--strip-components=1'], options);
  rmSync(`${folder}${tarball}`);
  process.stdout.write(`Node ${major} is in ${folder}${major}\n`);
}
