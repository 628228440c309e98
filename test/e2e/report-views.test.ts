/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenRules, loadAxe } from './broken-rules.ts';
import { chromiumPath, titled } from './chromium.ts';
import { openReport, type ReportPage } from './report-page.ts';
import { shopSnapshot, shopSources } from './report-snapshots.ts';

// To be looked at: one picture of each view in each theme, where somebody asks for them.
const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url));
const isPictured = process.env['SCREENSHOTS'] !== undefined;
const tableViews = ['tree', 'table', 'sandwich', 'source', 'types'] as const;
const viewNames = ['flame', ...tableViews] as const;

describe.runIf(chromiumPath !== undefined)(titled('the views of the HTML report'), () => {
  let report: ReportPage;
  let difference: ReportPage;
  let page: Page;

  beforeAll(async () => {
    if (isPictured) mkdirSync(screenshots, { recursive: true });
    const now = shopSnapshot(400);
    report = await openReport(now, {
      title: 'Shop',
      sources: shopSources,
      context: { colorScheme: 'light' },
    });
    difference = await openReport(now, {
      base: shopSnapshot(260, false),
      title: 'Shop, since the morning',
      sources: shopSources,
      context: { colorScheme: 'dark' },
    });
    page = report.page;
    for (const { page: shown } of [report, difference]) await loadAxe(shown);
  });

  afterAll(async () => {
    await report?.close();
    await difference?.close();
  });

  const show = async (shown: ReportPage, view: string): Promise<void> => {
    await shown.open(`#view=${view}&code=all`);
    await shown.page.waitForSelector(
      view === 'flame' ? '.flame-rows canvas' : `.${view}-view tr[tabindex="0"]`,
    );
    // What was shown is on the screen after the second frame.
    await shown.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  };
  /** Of each row of the flame graph the percentage that is painted, and the colour of its first bar. */
  const painted = (shown: Page, after = ''): Promise<{ shares: number[]; color: string }> =>
    shown.evaluate((event) => {
      if (event !== '') dispatchEvent(new Event(event));
      const canvas = document.querySelector<HTMLCanvasElement>('.flame-rows canvas')!;
      const { width, height } = canvas;
      const copy = new OffscreenCanvas(width, height).getContext('2d', {
        willReadFrequently: true,
      })!;
      copy.drawImage(canvas, 0, 0);
      const rows = Array.from({ length: Math.floor(height / 21) }, (_, row) => {
        // Just below a row's upper edge, where no label is.
        const { data } = copy.getImageData(0, row * 21 + 1, width, 1);
        return new Uint32Array(data.buffer).filter((pixel) => pixel !== 0).length;
      });
      return {
        shares: rows.filter((count) => count > 0).map((count) => Math.round((100 * count) / width)),
        color: copy.getImageData(20, 22, 1, 1).data.join(),
      };
    }, after);
  const current = (): Promise<string> =>
    page.evaluate(() => {
      const row = document.activeElement;
      const cells = row?.tagName === 'TR' ? [...(row as HTMLTableRowElement).cells] : [];
      return cells.map((cell) => cell.textContent).join(' | ');
    });
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  test.each(['light', 'dark'])('each view keeps nobody out (%s)', async (theme) => {
    // The dark one has two snapshots: more is on the page, and in more colours.
    const shown = theme === 'light' ? report : difference;
    const rules = theme === 'light' ? ['wcag2a', 'wcag2aa', 'wcag21aa'] : ['color-contrast'];
    for (const view of viewNames) {
      await show(shown, view);
      if (isPictured) {
        await shown.page.screenshot({ path: `${screenshots}${view}-${theme}.png` });
      }
      expect([view, await brokenRules(shown.page, rules)]).toEqual([view, []]);
    }
  });

  test('the flame graph is painted, in colours of its own in each theme', async () => {
    await show(report, 'flame');
    const { shares, color: light } = await painted(page);
    // Bars begin where their callers do, and a gap is between them.
    expect(shares).toEqual([100, 100, 99, 89, 30, 30]);
    const color = async () => (await painted(page)).color;
    await page.click('button[aria-label="Light or dark"]');
    await expect.poll(color).not.toBe(light);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe('rgb(20, 23, 27)');
    expect(await brokenRules(page, [], 'html')).toEqual([]);
    // On paper it is light whatever the screen is.
    await page.emulateMedia({ media: 'print' });
    expect(await background()).toBe('rgb(255, 255, 255)');
    expect((await painted(page, 'beforeprint')).color).toBe(light);
    expect(await page.isVisible('.filters')).toBe(false);
    await page.emulateMedia({ media: null });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await press('t');
    await expect.poll(color).toBe(light);
    expect(await background()).toBe('rgb(255, 255, 255)');
  });

  test('the pointer shows what a bar is, and clicks zoom in and out', async () => {
    await show(report, 'flame');
    const box = (await page.locator('.flame-box').boundingBox())!;
    const crumbs = () => page.locator('.crumbs button').allTextContents();
    await page.mouse.move(box.x + 200, box.y + 2 * 21 + 10);
    await expect
      .poll(() => page.textContent('.flame-tip'))
      .toMatch(
        /^handle\/srv\/shop\/app.py:15CACHE.put\(request.path, data\)Total514 KiB 86.7 %Own0 B 0.0 %Total blocks1,700Callees4Typesdict [\d.]+ % · .* more<module> \/srv\/shop\/app.py:24/,
      );
    await page.mouse.dblclick(box.x + 200, box.y + 2 * 21 + 10);
    await expect.poll(crumbs).toEqual(['all', 'handle /srv/shop/app.py:15']);
    await expect
      .poll(async () => (await painted(page)).shares)
      .toEqual([100, 100, 100, 100, 31, 31]);
    await page.mouse.click(box.x + 20, box.y + 10);
    await expect.poll(crumbs).toEqual(['all']);
    await page.mouse.click(box.x + 200, box.y + 3 * 21 + 10);
    await page.click('.crumbs button');
    await expect.poll(crumbs).toEqual(['all']);
    await page.mouse.move(box.x + 200, box.y - 20);
    await expect.poll(() => page.isVisible('.flame-tip')).toBe(false);
  });

  test('findings come first, and lead to the lines they name', async () => {
    await difference.open('#');
    const shown = difference.page;
    expect(await shown.getAttribute('.findings', 'open')).toBe('');
    expect(await shown.textContent('.findings li')).toMatch(
      /^load \/srv\/shop\/app.py:9 grew by [\d.]+ KiB in \d+ blocks, \d+ % of all growth. → see who calls it, and what should have let it go. show$/,
    );
    await shown.click('.findings li:first-child .guest-name');
    await shown.waitForSelector('.sandwich-view');
    expect(await shown.textContent('.filling h2')).toContain('load /srv/shop/app.py:9');
    await shown.click('.findings li:first-child >> text=show');
    await shown.waitForSelector('.table-view th[aria-sort=descending] >> text=Δ Own');
  });

  test('a key folds what libraries do into the lines that called them, and back', async () => {
    await report.open('#view=tree');
    const rows = () =>
      page.$$eval('.tree-view .name', (names) => names.map((name) => name.textContent));
    expect((await rows()).join()).not.toContain('json');
    await page.focus('[data-main], .tree-view tr[tabindex="0"]');
    await press('l', 'l', '*');
    await expect.poll(async () => (await rows()).join()).toContain('JSONDecoder.decode');
    expect(page.url()).toContain('code=all');
  });

  test('an address names what is zoomed to, in any report of the program', async () => {
    await report.open('#view=flame&code=all');
    await page.focus('[role=tree]');
    await press('ArrowDown', 'Enter');
    await expect.poll(() => page.url()).toContain('focus=');
    const crumbs = () => page.textContent('.crumbs button[aria-current]');
    const there = await crumbs();
    expect(there).not.toBe('all');
    await difference.open(new URL(page.url()).hash);
    await expect
      .poll(() => difference.page.textContent('.crumbs button[aria-current]'))
      .toContain(there);
  });

  test('a file is shown with its text, and the hot lines are a key apart', async () => {
    await show(report, 'source');
    const lines = await page.$$eval('.code tbody tr', (rows) =>
      rows.map((row) => Array.from(row.children, (cell) => cell.textContent).join('|')),
    );
    expect(lines.slice(4)).toMatchInlineSnapshot(`
      [
        "||5|    def put(self, key, value):",
        "||6|        # ⟨U+202E⟩ nothing to see ⟨U+202C⟩ </script><img src=x onerror=alert(6)>",
        "153 KiB|153 KiB|7|        self.entries[key] = dict(value)",
        "49.8 KiB|49.8 KiB|8|        self.names[key] = str(key)⟨U+0007⟩",
      ]
    `);
    await page.focus('.code tr[tabindex="0"]');
    expect(await current()).toContain('dict(value)');
    await press('n');
    await expect.poll(current).toContain('str(key)⟨U+0007⟩');
    await press('Enter');
    await page.waitForSelector('.sandwich-view');
    expect(await page.textContent('.filling h2')).toContain('Cache.put /srv/shop/cache.py:8');
    await page.click('text=Show source');
    await page.waitForSelector('.source-view');
    await expect.poll(() => page.textContent('.code tr[tabindex="0"]')).toContain('str(key)');
  });

  test('everything is in a narrow window too', async () => {
    const windows = [
      ...viewNames.map((view) => [view, 420] as const),
      ['flame', 760],
      ['source', 760],
    ] as const;
    for (const [view, width] of windows) {
      await page.setViewportSize({ width, height: 760 });
      await show(report, view);
      const cut = await page.evaluate(() => {
        const isCut = (element: Element) => {
          const { left, right } = element.getBoundingClientRect();
          return left < 0 || right > innerWidth;
        };
        const controls = document.querySelectorAll('header *, .bar-row *, .view-bar *, .crumbs *');
        return [...controls].filter(isCut).map((element) => element.outerHTML.slice(0, 100));
      });
      expect([view, cut]).toEqual([view, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const main = await page.locator('main').boundingBox();
      expect(main!.height).toBeGreaterThanOrEqual(340);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('the keyboard reaches and walks every view', async () => {
    await show(report, 'tree');
    const walked: string[] = [];
    const enter = async (view: string): Promise<void> => {
      await page.waitForSelector(`.${view}-view tr[tabindex="0"]`);
      for (let tabs = 0; tabs < 40 && !(await current()); tabs++) await press('Tab');
      walked.push(`${view}: ${await current()}`);
    };
    await enter('tree');
    await press('Home', 'ArrowRight', 'ArrowRight', 'ArrowRight');
    walked.push(await current());
    await press('ArrowLeft', 'ArrowLeft', 'End');
    walked.push(await current());
    await press('3');
    await enter('table');
    await press('ArrowDown', 'End');
    walked.push(await current());
    await press('Home', 'Enter');
    await enter('sandwich');
    await press('Tab');
    walked.push(`callers: ${await current()}`);
    await press('Enter');
    walked.push(`its callers: ${await current()}`);
    await press('5');
    await enter('source');
    await press('6');
    await enter('types');
    await press('ArrowRight', 'ArrowDown');
    walked.push(await current());
    expect(walked).toMatchInlineSnapshot(`
      [
        "tree: ▾all | 593 KiB | 100.0 % | 2,306 | 0 B | ",
        "▸loaddata = json.loads(file.read()) | 162 KiB | 27.3 % | 800 | 0 B | /srv/shop/app.py:9",
        "▸<module>import json | 40.4 KiB | 6.8 % | 400 | 0 B | /srv/shop/app.py:1",
        "table: /srv/shop/cache.py:7 Cache.putself.entries[key] = dict(value) | 153 KiB | 25.8 % | 153 KiB | 400 | 391 B | 0.0 %",
        "/srv/shop/app.py:1 <module>import json | 40.4 KiB | 6.8 % | 0 B | 0 | – | –",
        "sandwich: /srv/shop/cache.py:7 Cache.put | 153 KiB",
        "callers: handle /srv/shop/app.py:15 | 153 KiB | 100.0 % | 400",
        "its callers: <module> /srv/shop/app.py:24 | 514 KiB | 100.0 % | 1,700",
        "source: /srv/shop/cache.py | 203 KiB",
        "types: ▸dict | 256 KiB | 43.1 % | 800 | ",
        "Cache.put /srv/shop/cache.py:7 | 153 KiB | 25.8 % | 400 | ",
      ]
    `);
  });

  test('a key changes the metric, and every figure with it', async () => {
    await show(report, 'table');
    const shown = async (): Promise<string> => {
      const metric = await page.getAttribute('input[name=metric]:checked', 'value');
      return `${metric}: ${await page.textContent('.view tbody td:nth-child(2)')}`;
    };
    const seen = [await shown()];
    for (const metric of ['peak', 'temporary', 'allocated']) {
      await press('m');
      await page.waitForSelector(`input[value=${metric}]:checked`);
      expect(new URL(page.url()).hash).toContain(`metric=${metric}`);
      seen.push(await shown());
    }
    expect(seen).toMatchInlineSnapshot(`
      [
        "live: 153 KiB",
        "peak: 153 KiB",
        "temporary: 450 KiB",
        "allocated: 600 KiB",
      ]
    `);
  });

  test('a header sorts by the keyboard, and says so', async () => {
    await show(report, 'table');
    await page.focus('th:nth-child(2) button');
    const sorted = () =>
      page.$$eval('th', (all) => all.map((cell) => `${cell.textContent}: ${cell.ariaSort}`));
    await press('Enter');
    const falling = await sorted();
    await press('Enter');
    expect([falling[1], (await sorted())[1]]).toEqual(['Total▾: descending', 'Total▴: ascending']);
  });

  test('where filters leave nothing, each view says so and offers the way back', async () => {
    for (const view of tableViews) {
      await report.open(`#view=${view}&fileGlob=nowhere.py`);
      await page.waitForSelector('.empty');
      expect(await page.textContent('.empty-title')).toBe('No allocation passes the filters.');
    }
    await page.click('.empty button');
    await page.waitForSelector('.types-view');
    await expect.poll(() => new URL(page.url()).hash).toBe('#view=types');
  });

  test('names that would harm or deceive are text, and nothing was stopped by the policy', async () => {
    for (const view of viewNames) {
      await show(report, view);
      expect(await page.$$eval('main :is(img, script, svg, b, iframe)', (all) => all.length)).toBe(
        0,
      );
    }
    await show(report, 'table');
    const names = await page.$$eval('.view tbody .name', (all) =>
      all.map((name) => name.textContent).filter((text) => /alert|U\+|deep/.test(text)),
    );
    expect(names).toMatchInlineSnapshot(`
      [
        "</script><img src=x onerror=alert(1)>:1 <b onclick=alert(2)>bold</b>",
        "javascript:alert(3):2 "><svg/onload=alert(4)>",
        "invoice⟨U+202E⟩gpj.exe:3 a⟨U+0000⟩b⟨U+001B⟩[31m",
        "/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep…xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "lone⟨U+D800⟩surrogate.py:5 ⟨U+DC00⟩",
      ]
    `);
    expect([...report.problems, ...difference.problems]).toEqual([]);
  });

  test('a request that the policy stops would have been noticed', async () => {
    await difference.page.evaluate(() => {
      document.body.append(Object.assign(new Image(), { src: 'https://example.invalid/a.png' }));
    });
    await expect
      .poll(() => difference.problems)
      .toContainEqual(expect.stringContaining('violation: img-src https://example.invalid'));
  });
});
