// Packs every package, installs the tarballs in an empty folder as a user would, and uses them:
// the README's example, and the command on a program. Needs `npm run build` first.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { packPackages } from './pack-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-packages-'));
const run = (file, args, input = '') =>
  execFileSync(file, args, { cwd: folder, encoding: 'utf8', input, stdio: 'pipe' });
const expectText = (what, found, wanted) => {
  if (found !== wanted) throw new Error(`${what} printed\n${found}\ninstead of\n${wanted}`);
};

try {
  const tarballs = packPackages(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const packages = tarballs.map((name) => `./${name}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]);

  for (const name of tarballs) {
    const installed = name.replace(/^tracemalloc-(.*)-\d+\.\d+\.\d+\.tgz$/, '@tracemalloc/$1');
    if (!existsSync(join(folder, 'node_modules', installed, 'LICENSE'))) {
      throw new Error(`${installed} is packed without its LICENSE`);
    }
  }

  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  writeFileSync(join(folder, 'example.js'), /^```js\n(.*?)^```$/ms.exec(readme)[1]);
  const wanted = /^It prints\n\n```\n(.*?)^```$/ms.exec(readme)[1];
  expectText('the README example', run(process.execPath, ['example.js']), wanted);

  writeFileSync(
    join(folder, 'app.py'),
    'kept = [bytes(1000) for _ in range(10)]\nprint(len(kept))\n',
  );
  const command = join(folder, 'node_modules', '.bin', 'tracemalloc');
  expectText('app.py', run(command, ['run', '-o', 'app.tm', 'app.py']), '10\n');
  const [title, first] = run(command, ['top', 'app.tm']).split('\n');
  expectText('tracemalloc top', title, 'Top 10 lines');
  if (!first.startsWith('#1: app.py:1: 1')) throw new Error(`app.py:1 is not on top: ${first}`);

  writeFileSync(join(folder, 'plain.py'), 'kept = [[n] for n in range(10)]\nprint(len(kept))\n');
  const inSkulpt = ['run', '--interpreter', 'skulpt', '--report', 'plain.html', 'plain.py'];
  expectText('plain.py in Skulpt', run(command, inSkulpt), '10\n');
  run(command, ['convert', 'app.tm', 'app.pb.gz']);
  for (const [name, start] of [
    ['plain.html', '<!doctype html>'],
    ['app.pb.gz', '\x1f\x8b'],
  ]) {
    const text = readFileSync(join(folder, name), 'latin1').toLowerCase();
    if (!text.startsWith(start)) throw new Error(`${name} starts with ${text.slice(0, 40)}`);
  }

  const question = { name: 'top', arguments: { snapshot: 'app.tm' } };
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: question };
  const mcp = join(folder, 'node_modules', '.bin', 'tracemalloc-mcp');
  const { result } = JSON.parse(run(mcp, ['.'], `${JSON.stringify(call)}\n`));
  if (!result.content[0].text.includes('app.py:1')) {
    throw new Error(`tracemalloc-mcp says of app.tm: ${JSON.stringify(result)}`);
  }
  process.stdout.write(`${tarballs.length} packed packages installed and ran\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
