import process from 'node:process';
import { defineConfig } from 'vitepress';

/** Where the site will lie on its server; the docs have absolute paths. */
const { SITE_BASE: siteBase = '/' } = process.env;

const page = (text: string, link: string) => ({ text, link });
/** Leaves the docs' own base: not a page of theirs, so that their router keeps its hands off. */
const elsewhere = (text: string, path: string) => ({
  text,
  link: `/../${path}`,
  target: '_self',
  noIcon: true,
});

/** What GitHub makes of a heading. */
const githubSlug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\-_ ]/gu, '')
    .replaceAll(' ', '-');

export default defineConfig({
  title: 'tracemalloc',
  description: 'Where memory goes, in interpreters that JavaScript hosts',
  lang: 'en',
  base: `${siteBase}docs/`,
  // Made by site/build/docs.ts from the repository's own.
  srcDir: 'pages',
  outDir: '../dist/docs',
  cacheDir: '../../node_modules/.cache/vitepress',
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The places that links name in the repository.
  markdown: { anchor: { slugify: githubSlug } },
  themeConfig: {
    siteTitle: 'tracemalloc',
    logoLink: { link: '/../index.html', target: '_self' },
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      elsewhere('Viewer', 'index.html'),
      elsewhere('Playground', 'playground/index.html'),
      elsewhere('API', 'api/index.html'),
    ],
    sidebar: [
      {
        text: 'Use',
        items: [
          page('Start', '/'),
          page('Command line', '/cli'),
          page('Hosts', '/hosts'),
          page('Viewer and playground', '/site'),
          page('Live', '/live'),
          page('Labels, marks, limits', '/labels'),
          page('Notebooks', '/notebooks'),
          page('Fleets', '/fleet'),
        ],
      },
      {
        text: 'Coming from',
        items: [
          page('tracemalloc', '/coming-from-tracemalloc'),
          page('memray', '/coming-from-memray'),
          page('memory_profiler', '/coming-from-memory-profiler'),
          page('objgraph', '/coming-from-objgraph'),
          page('Beside memray and speedscope', '/comparison'),
        ],
      },
      {
        text: 'Build on it',
        items: [
          page('Writing an adapter', '/writing-an-adapter'),
          page('File formats', '/formats'),
          page('The snapshot file', '/snapshot-format'),
          elsewhere('API reference', 'api/index.html'),
          page('Runtimes and bundlers', '/consumers'),
        ],
      },
      {
        text: 'How far to trust it',
        items: [
          page('Differences to CPython', '/python-differences'),
          page('Sizes beside CPython', '/parity'),
          page('Conformance', '/conformance'),
          page('Skulpt: what is seen', '/skulpt-coverage'),
          page('Memory tools in the guest', '/memory-tools'),
          page('Performance', '/performance'),
          page('Mutants', '/mutants'),
        ],
      },
      {
        text: 'The project',
        items: [
          page('Architecture', '/ARCHITECTURE'),
          page('Contributing', '/CONTRIBUTING'),
          page('Changes', '/CHANGELOG'),
        ],
      },
    ],
  },
});
