// The command as a few files: loading 280 modules one by one took half of the time that
// `tracemalloc run hello.py` took on top of plain Brython.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const cli = 'packages/cli';
const out = `${cli}/bundle`;

/** Writes `packages/cli/bundle`: one file for each command and host, and what they share. */
export async function bundleCli() {
  rmSync(out, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [
      { in: `${cli}/src/main.ts`, out: 'main' },
      { in: `${cli}/src/live/watcher.ts`, out: 'watcher' },
    ],
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: ['node20'],
    conditions: ['@tracemalloc/source'],
    external: installedBeside(),
    // What is CommonJS asks for Node's modules so.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    metafile: true,
  });
  writeFileSync(`${out}/LICENSES.txt`, licencesOf(Object.keys(metafile.inputs)));
}

/** Interpreters and what only some commands need are loaded from where they are installed. */
function installedBeside() {
  const { dependencies } = readJson(`${cli}/package.json`);
  const peers = readdirSync('packages').flatMap((name) =>
    Object.keys(readJson(`packages/${name}/package.json`).peerDependencies ?? {}),
  );
  // Every start needs its one file.
  const inside = (name) => name.startsWith('@tracemalloc/') || name === 'commander';
  return [...Object.keys(dependencies), ...peers]
    .filter((name) => !inside(name))
    .flatMap((name) => [name, `${name}/*`]);
}

/** The licences of all packages that these files are of, each once. */
function licencesOf(files) {
  const folders = new Set(
    files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = readJson(join(folder, 'package.json'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
