/// <reference lib="dom" />
import { beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { buildSitePages, serveSite } from './serve-site.ts';
import { openSite } from './site-page.ts';
// One file, so that one process makes the site.
import './site-viewer.ts';
import './site-playground.ts';
import './site-docs.ts';
import './site-tasks.ts';

beforeAll(() => {
  if (chromiumPath !== undefined) buildSitePages();
});

describe.runIf(chromiumPath !== undefined)(titled('the site, from a server that goes away'), () => {
  test('works as before, with the interpreter that was used', async () => {
    const { server, url } = await serveSite();
    const { page, problems } = await openSite(`${url}playground/index.html`);
    try {
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready;
        if (navigator.serviceWorker.controller !== null) return;
        await new Promise((done) => {
          navigator.serviceWorker.addEventListener('controllerchange', done, { once: true });
        });
      });
      const run = async (): Promise<string> => {
        await page.click('#run');
        await page.waitForSelector('#run:enabled');
        return (await page.textContent('#output'))!;
      };
      const online = await run();
      expect(online).toMatch(/^main\.py:\d+: size=/);
      const isKept = () => page.evaluate(() => caches.match('hosts/skulpt.js').then(Boolean));
      await expect.poll(isKept).toBe(true);
      server.close();
      server.closeAllConnections();
      await page.reload();
      expect(await run()).toBe(online);
      await page.click('nav a:has-text("Viewer")');
      await page.click('#example');
      const title = page.frameLocator('#report').locator('h1');
      await expect.poll(() => title.textContent()).toBe('A shop that leaks, after 450 requests');
    } finally {
      await page.context().close();
      server.close();
    }
    expect(problems).toEqual([]);
  });
});
