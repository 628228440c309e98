/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Tracer } from '@tracemalloc/core';
import { sampling } from '@tracemalloc/core/sampling';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenRules, loadAxe } from './broken-rules.ts';
import { chromiumPath, titled } from './chromium.ts';
import { openReport, type ReportPage } from './report-page.ts';
import { shopSnapshot } from './report-snapshots.ts';

const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url));

describe.runIf(chromiumPath !== undefined)(
  titled('the HTML report of a run with a time line, and of a sample'),
  () => {
    let report: ReportPage;
    let page: Page;

    beforeAll(async () => {
      report = await openReport(shopSnapshot(100, true, true), {
        base: shopSnapshot(60, false, true),
        context: { colorScheme: 'light', hasTouch: true },
      });
      page = report.page;
      await loadAxe(page);
    });

    afterAll(() => report?.close());

    const words = () => page.textContent('.strip output');
    const range = () =>
      page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('range'));
    const total = () => page.textContent('.flame-details dd');
    const ends = () => page.locator('.strip [role=slider]');
    const box = async () => {
      const found = (await page.locator('.strip .u-over').boundingBox())!;
      return (share: number) => ({
        x: found.x + share * found.width,
        y: found.y + found.height / 2,
      });
    };

    test('all views show the part that is dragged over, and the whole run after a tap', async () => {
      const whole = await total();
      const at = await box();
      await page.mouse.move(at(0.4).x, at(0.4).y);
      expect(await words()).toMatch(/^40 ms: [\d.]+ KiB, host 1064 KiB$/);
      await page.mouse.down();
      await page.mouse.move(at(0.2).x, at(0.2).y, { steps: 4 });
      await page.mouse.up();
      await expect.poll(range).toBe('20-40');
      const said = await words();
      expect(said).toMatch(
        /^20 ms to 40 ms: ▲ \+[\d.]+ KiB, [\d.]+ KiB allocated, at most [\d.]+ KiB$/,
      );
      // It opened with the difference to an older run, and goes on with that to the range's beginning.
      const [, grown] = /▲ \+(\S+ KiB)/.exec(said!)!;
      await expect.poll(total).toContain(grown);
      for (const view of ['tree', 'table', 'sandwich', 'source', 'types']) {
        await report.open(`#range=20-40&view=${view}`);
        await page.waitForSelector(`.${view}-view tr[tabindex="0"]`);
        if (view === 'tree') expect(await page.textContent('tr[tabindex="0"]')).toContain(grown);
      }
      await page.touchscreen.tap(at(0.5).x, at(0.5).y);
      await expect.poll(range).toBe(null);
      await page.keyboard.press('1');
      await expect.poll(total).toBe(whole);
    });

    test('keys move either end, and never past the other', async () => {
      await report.open('#range=20-40');
      await ends().first().focus();
      const text = (end: number) => ends().nth(end).getAttribute('aria-valuetext');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => text(0)).toMatch(/^21 ms: /);
      await page.keyboard.press('End');
      await expect.poll(() => text(0)).toMatch(/^39 ms: /);
      await page.keyboard.press('Home');
      await ends().last().focus();
      await page.keyboard.press('PageDown');
      await expect.poll(() => text(1)).toMatch(/^30 ms: /);
      await expect.poll(range).toBe('0-30');
      await page.keyboard.press('Escape');
      await expect.poll(range).toBe(null);
    });

    test('a mark shows what came after it, growth what is more than before', async () => {
      await report.open('#');
      await page.click('.strip-marks >> text=half');
      await expect.poll(range).toBe('50-90');
      await page.check('.strip input[value=now]');
      await expect.poll(() => page.locator('.choices input[name=metric]').count()).toBe(3);
      expect(await page.isChecked('input[value=live]')).toBe(true);
      await page.check('.strip input[value=difference]');
      await expect.poll(() => page.locator('.choices input[name=metric]').count()).toBe(1);
      await page.click('.strip .button');
      await expect.poll(() => page.locator('.choices input[name=metric]').count()).toBe(4);
    });

    test('nonsense in the address is the whole run', async () => {
      for (const nonsense of ['40-20', '1e9', '-', '5-5', '900-1000', '<b>', 'NaN-Infinity']) {
        await report.open(`#range=${encodeURIComponent(nonsense)}`);
        await expect.poll(() => words()).toContain('Drag over the curve');
      }
    });

    test('figures of a sample say how far they may be off, in all views, and little is hatched', async () => {
      const tracer = new Tracer();
      tracer.start(1, sampling({ sampleInterval: 1024, seed: 1 }));
      const heap = tracer.domain({ name: 'heap', ids: 'serial' });
      for (let i = 0; i < 4000; i++) {
        tracer.stack[0] = tracer.frame(tracer.string('app.py'), i < 3900 ? 1 : 2);
        tracer.alloc(heap, i, 64, tracer.capture(1));
      }
      const { page: shown, open, problems, close } = await openReport(tracer.takeSnapshot());
      expect(await shown.textContent('.facts')).toContain('tracked250 KiB in 4,000 blocks');
      await expect
        .poll(() => shown.textContent('.flame-details dd'))
        .toMatch(/^\d+ KiB ±\d+\.\d KiB 100/);
      await loadAxe(shown);
      for (const view of ['tree', 'table', 'source', 'types']) {
        await open(`#view=${view}`);
        await shown.waitForSelector(`.${view}-view tr[tabindex="0"]`);
        expect(await shown.getAttribute('.estimate:not(.wide)', 'title')).toMatch(
          /^\d+ KiB to \d+ KiB, with 95 % confidence$/,
        );
        expect([view, (await shown.locator('.estimate.wide').count()) > 0]).toEqual([
          view,
          view !== 'types',
        ]);
        expect(await brokenRules(shown, [])).toEqual([]);
      }
      expect(problems).toEqual([]);
      await close();
    });

    test('it breaks no rule of accessibility in any theme, and none of the page’s policy', async () => {
      await report.open('#range=20-40');
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        expect(await brokenRules(page, [], '.strip')).toEqual([]);
        if (process.env['SCREENSHOTS'] === undefined) continue;
        mkdirSync(screenshots, { recursive: true });
        for (const width of [1280, 760, 400]) {
          await page.setViewportSize({ width, height: 860 });
          await page.screenshot({ path: `${screenshots}time-${theme}-${width}.png` });
        }
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      expect(report.problems).toEqual([]);
    });
  },
);
