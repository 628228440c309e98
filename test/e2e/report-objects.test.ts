/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { type EdgeKind, type Heap, takeGraphSnapshot } from '@tracemalloc/core/graph';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { openReport, type ReportPage } from './report-page.ts';

const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url));
const isPictured = process.env['SCREENSHOTS'] !== undefined;

const hostile = '</script><img src=x onerror=alert(1)>';

type Guest = {
  readonly type: string;
  readonly size: number;
  readonly line: number;
  readonly held: [Guest, EdgeKind, string | number][];
};

/** A module with a cache of orders, a log that holds the same, and names that would do harm. */
function shopSnapshot(): Snapshot {
  const tracer = new Tracer();
  const domain = tracer.domain({ name: 'guest', ids: 'serial' });
  tracer.start(1);
  const blocks = new Map<Guest, number>();
  const make = (type: string, size: number, line: number): Guest => {
    const guest: Guest = { type, size, line, held: [] };
    if (line === 0) return guest;
    tracer.stack[0] = tracer.frame(tracer.string('/srv/app.py'), line, 0);
    blocks.set(guest, blocks.size + 1);
    tracer.alloc(domain, blocks.size, size, tracer.capture(1, 1), tracer.type(type));
    return guest;
  };
  const app = make('module', 0, 0);
  const [cache, log] = [make('dict', 360, 1), make('list', 120, 2)];
  app.held.push([cache, 'global', 'cache'], [log, 'global', 'log']);
  for (let i = 0; i < 40; i++) {
    const order = make('Order', 56, 5);
    order.held.push([make('list', 88 + 8 * i, 6), 'attribute', 'items']);
    cache.held.push([order, 'key', `'/page/${i}'`]);
    if (i % 3 === 0) log.held.push([order, 'item', i / 3]);
  }
  const bad = make(hostile, 4000, 7);
  cache.held.push([bad, 'key', `'\u202e"><svg/onload=alert(2)>'`]);
  bad.held.push([cache, 'attribute', 'back\0']);
  const heap: Heap<Guest> = {
    roots: (root) => root(app, 'module', '<b>app</b>'),
    describe: (guest) => {
      const block = blocks.get(guest);
      return { type: guest.type, size: guest.size, ...(block === undefined ? {} : { block }) };
    },
    held: (guest, edge) => {
      for (const each of guest.held) edge(...each);
    },
  };
  return takeGraphSnapshot(tracer, heap);
}

const sources = {
  '/srv/app.py': [
    'cache = {}',
    'log = []',
    '',
    '',
    'order = Order()',
    'self.items = []',
    'bad = Bad()',
  ].join('\n'),
};

describe.runIf(chromiumPath !== undefined)(titled('the objects of the HTML report'), () => {
  let light: ReportPage;
  let dark: ReportPage;
  let page: Page;

  beforeAll(async () => {
    if (isPictured) mkdirSync(screenshots, { recursive: true });
    const snapshot = shopSnapshot();
    light = await openReport(snapshot, { sources, context: { colorScheme: 'light' } });
    dark = await openReport(snapshot, { sources, context: { colorScheme: 'dark' } });
    page = light.page;
    for (const { page: shown } of [light, dark]) await shown.evaluate(axe.source);
  });

  afterAll(async () => {
    await light?.close();
    await dark?.close();
  });

  const show = async (report: ReportPage, focus: string): Promise<void> => {
    // Another view in between: what was picked last reaches the address a moment later, or never.
    await report.open('#view=types');
    await report.open(`#view=objects&focus=${focus}`);
    await report.page.waitForSelector(
      focus.startsWith('map') ? '.object-tile' : '.objects-view tr[tabindex="0"]',
    );
  };
  const picked = () => page.textContent('.object-details h2 .object-text');
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.title);
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  test.each(['light', 'dark'])('keep nobody out (%s)', async (theme) => {
    const report = theme === 'light' ? light : dark;
    for (const focus of ['type/', 'map/']) {
      await show(report, focus);
      if (isPictured) {
        const name = `objects-${focus.slice(0, -1)}-${theme}.png`;
        await report.page.screenshot({ path: screenshots + name });
      }
      const { violations } = await report.page.evaluate(() =>
        (window as unknown as { axe: typeof axe }).axe.run('main', {
          resultTypes: ['violations'],
        }),
      );
      const broken = violations.map(({ id, nodes }) => [id, nodes[0]!.html.slice(0, 200)]);
      expect([focus, broken]).toEqual([focus, []]);
    }
  });

  test('are walked by keys: a group opens to its objects, and each is explained', async () => {
    await show(light, 'type/');
    await page.focus('.objects-view tr[tabindex="0"]');
    const row = () => page.textContent('.objects-view tr[aria-selected="true"]');
    const rows = [await row()];
    await press('ArrowDown', 'ArrowDown');
    rows.push(await row());
    await press('ArrowRight', 'ArrowRight');
    rows.push(await row());
    expect(rows).toMatchInlineSnapshot(`
      [
        "▸module10 B16.1 KiB",
        "▸Order402240 B11.7 KiB",
        "dict['/page/39']/srv/app.py:556 B456 B",
      ]
    `);
    await expect.poll(picked).toBe("Order ['/page/39']");
    const why = await page.$$eval('.object-why li', (items) => items.map((li) => li.textContent));
    expect(why).toMatchInlineSnapshot(`
      [
        "module <b>app</b> → module",
        "cache → dict/srv/app.py:1 cache = {}",
        "dict['/page/39'] → Order/srv/app.py:5 order = Order()",
      ]
    `);
    const boxes = await page.$$eval('.object-box', (all) => all.map((box) => box.textContent));
    expect(boxes).toMatchInlineSnapshot(`
      [
        "Order['/page/39']456 Bretained, picked",
        "dictcache11.9 KiBretained, holds it as ['/page/39']",
        "listlog120 Bretained, holds it as [13]",
        "list.items400 Bretained, held by it as .items",
        "module<b>app</b>16.1 KiBretained",
      ]
    `);
    await press('ArrowLeft', 'ArrowLeft');
    expect(await row()).toBe(rows[1]!.replace('▾', '▸'));
  });

  test('are walked in the picture, from holder to holder', async () => {
    await show(light, 'type/');
    await page.fill('.objects-view .row-filter', 'list & app.py:6');
    await expect.poll(picked).toBe('list .items');
    await page.focus('.object-box.picked');
    await press('ArrowLeft', 'Enter');
    await expect.poll(picked).toBe("Order ['/page/39']");
    // The focus stays with what is picked.
    await expect.poll(focused).toBe("Order ['/page/39'], retains 456 B");
    await press('ArrowLeft', 'Enter');
    await expect.poll(picked).toBe('dict cache');
    await page.fill('.objects-view .row-filter', 'list &');
    expect(await page.textContent('.object-error')).toContain("can't understand 'list &'");
    await page.fill('.objects-view .row-filter', 'NoSuch');
    expect(await page.textContent('.side .empty-title')).toBe('No object is of that kind.');
  });

  test('are a map, into which Enter goes and out of which Esc does', async () => {
    await show(light, 'map/');
    await page.focus('.object-tile[tabindex="0"]');
    expect(await focused()).toMatch(/^module <b>app<\/b>: [\d.]+ KiB, 100.0 %$/);
    await press('ArrowDown');
    expect(await focused()).toMatch(/^dict cache: /);
    await press('Enter');
    await expect.poll(focused).toContain('alert(1)');
    const crumbs = () =>
      page.$$eval('.object-map .crumbs button', (all) => all.map((b) => b.textContent));
    expect(await crumbs()).toEqual(['all objects', 'module', 'dict']);
    await press('Escape', 'Escape');
    await expect.poll(crumbs).toEqual(['all objects']);
    await page.click('.object-tile[aria-label^="dict cache"]');
    await expect.poll(picked).toBe('dict cache');
  });

  test('show hostile names as text, in a narrow window too', async () => {
    await page.setViewportSize({ width: 420, height: 760 });
    for (const shape of ['type/', 'line/', 'holder/', 'root/', 'map/']) {
      await show(light, shape);
      expect(await page.locator('main :is(img, script, b > b, iframe)').count()).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(420);
    }
    await show(light, 'type/');
    await page.fill('.objects-view .row-filter', '*script*');
    await expect.poll(picked).toContain(hostile);
    expect(await picked()).toContain('⟨U+202E⟩');
    await page.setViewportSize({ width: 1280, height: 800 });
    expect([...light.problems, ...dark.problems]).toEqual([]);
  });
});
