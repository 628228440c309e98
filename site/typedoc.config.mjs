import { readdirSync, readFileSync } from 'node:fs';

const packages = new URL('../packages/', import.meta.url);

/** Every door of every package but the command line, as their manifests have them. */
const entryPoints = readdirSync(packages)
  .filter((name) => name !== 'cli')
  .flatMap((name) => {
    const manifest = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8'));
    return Object.values(manifest.exports)
      .map((door) => door['@tracemalloc/source'])
      .filter((file) => file !== undefined)
      .map((file) => `../packages/${name}/${file}`);
  });

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'tracemalloc',
  tsconfig: 'tsconfig.json',
  entryPoints,
  basePath: '../packages',
  displayBasePath: '../packages',
  disableGit: true,
  sourceLinkTemplate: '../{path}#L{line}',
  out: 'dist/api',
  readme: 'none',
  // Links are told from the text around them by more than colour; the generator's own can't be.
  hideGenerator: true,
  customCss: './typedoc.css',
  excludeInternal: true,
  excludePrivate: true,
  // That every name has a comment is a test's business, which takes less than a second.
  validation: { notExported: true, invalidLink: true },
  treatWarningsAsErrors: true,
};
