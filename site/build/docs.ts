// The docs as pages with search, from the repository's own files, and the API reference.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';

const root = fileURLToPath(new URL('../../', import.meta.url));
const docs = `${root}site/docs`;

/** Pages by where their file lies in the repository. README.md is where one begins. */
function pagesOfRepository(): Map<string, string> {
  const pages = new Map([['README.md', 'index.md']]);
  for (const name of ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) pages.set(name, name);
  for (const path of readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })) {
    const name = path.replaceAll('\\', '/');
    if (name.endsWith('.md')) pages.set(`docs/${name}`, name);
  }
  return pages;
}

/** A link of a file in the repository as a page has it; what is no page is named and not linked. */
function relink(text: string, file: string, pages: ReadonlyMap<string, string>): string {
  return text.replaceAll(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, image, label, target) => {
    if (/^(?:[a-z]+:|#)/.test(target)) return whole;
    const [path, hash] = target.split('#');
    const wanted = normalize(join(dirname(file), path!)).replaceAll('\\', '/');
    if (image === '!')
      return `![${label}](${upFrom(pages.get(file)!)}${wanted.replace(/^docs\//, '')})`;
    const page = pages.get(wanted);
    if (page === undefined) return label;
    return `[${label}](${upFrom(pages.get(file)!)}${page}${hash === undefined ? '' : `#${hash}`})`;
  });
}

/** The way from a page to where all pages are. */
function upFrom(page: string): string {
  return page.includes('/') ? '../'.repeat(page.split('/').length - 1) : './';
}

function copyPages(): void {
  rmSync(`${docs}/pages`, { recursive: true, force: true });
  const pages = pagesOfRepository();
  for (const [file, page] of pages) {
    const target = `${docs}/pages/${page}`;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, relink(readFileSync(`${root}${file}`, 'utf8'), file, pages));
  }
  mkdirSync(`${docs}/pages/images`, { recursive: true });
  for (const name of readdirSync(`${root}docs/images`)) {
    writeFileSync(`${docs}/pages/images/${name}`, readFileSync(`${root}docs/images/${name}`));
  }
}

/** @throws Error when a page has a link that leads nowhere, or a public name no comment. */
export async function buildDocs(): Promise<void> {
  copyPages();
  await build(docs);
  const { status } = spawnSync('npx', ['typedoc'], {
    cwd: `${root}site`,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('the API reference was not made');
}
