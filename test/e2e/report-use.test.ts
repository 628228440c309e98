/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { openReport, type ReportPage } from './report-page.ts';
import { shopSnapshot, shopSources } from './report-snapshots.ts';

describe.runIf(chromiumPath !== undefined)(titled('whoever uses the HTML report'), () => {
  let report: ReportPage;
  let page: Page;
  beforeAll(async () => {
    const context = { colorScheme: 'light' } as const;
    report = await openReport(shopSnapshot(400), { title: 'Shop', sources: shopSources, context });
    page = report.page;
  });
  afterAll(async () => {
    await report?.close();
    expect(report?.problems ?? []).toEqual([]);
  });

  const open = async (view: string): Promise<void> => {
    await report.open(`#view=${view}&code=all`);
    await page.waitForSelector(view === 'flame' ? '.found, .crumbs' : `.${view}-view`);
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  test('a traceback opens to all of its calls, with their source', async () => {
    await report.open('#view=table&code=all&focus=traceback/total/descending');
    await page.focus('.table-view tr[tabindex="0"]');
    const calls = () => page.$$eval('.frame-row', (rows) => rows.map((row) => row.textContent));
    expect(await calls()).toEqual([]);
    await press('ArrowRight');
    await expect
      .poll(calls)
      .toEqual([
        '/srv/shop/app.py:24 <module>handle(request)',
        '/srv/shop/app.py:15 handleCACHE.put(request.path, data)',
        '/srv/shop/cache.py:7 Cache.putself.entries[key] = dict(value)',
      ]);
    await press('ArrowDown', 'ArrowDown', 'Enter');
    await page.waitForSelector('.sandwich-view');
    expect(await page.textContent('.filling h2')).toContain('handle /srv/shop/app.py:15');
    await report.open('#view=table&code=all&focus=traceback/total/descending');
    await page.focus('.table-view tr[tabindex="0"]');
    await press('ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowLeft');
    await expect.poll(calls).toEqual([]);
  });

  test('a search finds names, source and what an expression matches; Enter goes on, in the tree too', async () => {
    await open('flame');
    const found = () => page.textContent('.found');
    await page.fill('#search', 'dict(value)');
    await expect.poll(found).toMatch(/^1 found · 25\.8 %$/);
    await page.fill('#search', '/^cache\\.(put|names)|json\\.loads/');
    await expect.poll(found).toMatch(/^[2-9] found/);
    const selected = () => page.getAttribute('[role=tree]', 'aria-activedescendant');
    const first = await selected();
    await press('Enter');
    await expect.poll(selected).not.toBe(first);
    const second = await selected();
    await press('Enter');
    await expect.poll(selected).not.toBe(second);
    await page.fill('#search', '/(/');
    await expect.poll(() => page.textContent('.crumbs')).toContain('Not a regular expression');
    await page.fill('#search', '');
    await open('tree');
    await page.fill('#search', 'str(key)');
    await press('Enter');
    await expect
      .poll(() => page.textContent('.tree-view tr[aria-selected=true]'))
      .toContain('self.names[key] = str(key)');
    await page.fill('#search', '');
  });

  test('what was chosen in a view that was left does not move the next one, however slow the screen is', async () => {
    await open('tree');
    await page.focus('.tree-view tr[tabindex="0"]');
    // The tree tells of its row when that has rested for 300 ms: after the tree is gone, and before the next paint.
    await page.evaluate(async () => {
      const after = (milliseconds: number) =>
        new Promise((done) => void setTimeout(done, milliseconds));
      const paint = window.requestAnimationFrame;
      window.requestAnimationFrame = (callback) => Number(setTimeout(callback, 100));
      const key = new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true });
      document.activeElement!.dispatchEvent(key);
      await after(280);
      location.hash = '#view=flame&code=all';
      await after(200);
      window.requestAnimationFrame = paint;
    });
    await page.waitForSelector('.flame-window');
    expect(page.url()).toMatch(/view=flame/);
    expect(page.url()).not.toContain('focus');
  });

  test('wheel, drag, map, flip and recursion; the theme outlives the page', async () => {
    await open('flame');
    const box = (await page.locator('.flame-box').boundingBox())!;
    const seen = () =>
      page.$eval('.flame-window', ({ style }) => `${style.left} ${style.width}`.trim());
    await expect.poll(seen).toBe('0% 100%');
    await page.mouse.move(box.x + 200, box.y + 50);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await expect.poll(seen).not.toBe('0% 100%');
    const zoomed = await seen();
    await page.mouse.down();
    await page.mouse.move(box.x + 100, box.y + 50, { steps: 4 });
    await page.mouse.up();
    await expect.poll(seen).not.toBe(zoomed);
    const dragged = await seen();
    const map = (await page.locator('.flame-map').boundingBox())!;
    await page.mouse.click(map.x + map.width - 4, map.y + 10);
    await expect.poll(seen).not.toBe(dragged);
    await page.focus('[role=tree]');
    await press('0');
    await expect.poll(seen).toBe('0% 100%');
    await page.click('text=Flip');
    expect(await page.getAttribute('button:has-text("Flip")', 'aria-pressed')).toBe('true');
    await page.click('text=Flip');
    await press('r');
    await expect.poll(() => page.isChecked('text=Fold recursion')).toBe(true);
    await press('r', 't');
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await expect.poll(background).toBe('rgb(20, 23, 27)');
    await page.reload();
    await page.waitForSelector('[role=tree]');
    expect(await background()).toBe('rgb(20, 23, 27)');
  });
});
