import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { serveSite, siteFolder } from './serve-site.ts';
import { openSite, seriousFindings } from './site-page.ts';

const pages = [
  'index.html',
  'docs/index.html',
  'docs/cli.html',
  'docs/hosts.html',
  'docs/formats.html',
  'docs/comparison.html',
  'api/index.html',
  'api/classes/core_src.Tracer.html',
];

/** `npm run site` makes them, in a minute; CI does before its tests. */
const areMade = pages.every((path) => existsSync(siteFolder + path));
const title = areMade
  ? titled('the pages of the site')
  : 'the pages of the site (not run: npm run site makes them first)';

describe.runIf(chromiumPath !== undefined && areMade)(title, () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    ({ server, url } = await serveSite());
  });
  afterAll(() => {
    server?.close();
    server?.closeAllConnections();
  });

  test.each(['light', 'dark'] as const)('keep nobody out (%s)', async (theme) => {
    const { page } = await openSite(`${url}${pages[0]}`, theme);
    for (const path of pages) {
      await page.goto(`${url}${path}`);
      const found = (await seriousFindings(page)) as [rule: string][];
      // TypeDoc's own: a folded list of modules has its links in its headings.
      const ours = found.filter(
        ([rule]) => !path.startsWith('api/') || rule !== 'nested-interactive',
      );
      expect([path, ours]).toEqual([path, []]);
    }
    await page.context().close();
  });
});
