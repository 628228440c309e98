// Packs every package into a folder, as they would go to a registry: npm run tarballs -- FOLDER
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../packages', import.meta.url));

/** Needs `npm run build` first, and pnpm on the path. @returns the names of the tarballs in the folder. */
export function packPackages(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(packages)) {
    const args = ['pack', '--pack-destination', resolve(folder)];
    execFileSync('pnpm', args, {
      cwd: join(packages, name),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return readdirSync(folder).filter((name) => name.endsWith('.tgz'));
}

if (process.argv[1] === import.meta.filename) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('name a folder: npm run tarballs -- FOLDER');
  process.stdout.write(`${packPackages(folder).join('\n')}\n`);
}
