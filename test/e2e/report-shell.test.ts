/// <reference lib="dom" />
import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { renderHtml } from '@tracemalloc/report/html';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { openReport, type ReportPage } from './report-page.ts';

const hostileNames = [
  '</script><img src=x onerror=alert(1)>',
  '<!--<script>',
  'javascript:alert(1)',
  '\u202egnp.exe',
  'nul\0in it',
  'lone \ud800 surrogate',
  `${'long '.repeat(2000)}`,
  '__proto__',
];

function hostile(): Snapshot {
  const traces = hostileNames.map(
    (name, row): RawTrace => [
      0,
      1000 * (row + 1),
      [
        [name, row + 1],
        ['app.py', 1],
      ],
      2,
    ],
  );
  return Snapshot.fromTraces(traces, 2, { host: hostileNames[0]! });
}

/** main calls load (twice the memory) and save. */
function small(load: number, save: number): Snapshot {
  const traces: RawTrace[] = [
    [
      0,
      load,
      [
        ['load.py', 2],
        ['main.py', 1],
      ],
      2,
    ],
    [
      0,
      save,
      [
        ['save.py', 3],
        ['main.py', 1],
      ],
      2,
    ],
    [
      1,
      10,
      [
        ['native.py', 4],
        ['main.py', 1],
      ],
      2,
    ],
  ];
  const run = { command: 'main.py --fast', started: '2026-03-04T05:06:07Z', seconds: 2.5 };
  return Snapshot.fromTraces(traces, 2, { host: 'brython 3.14.3', liveness: 'exact', run });
}

const details = (page: Page) => page.locator('.flame-details').textContent();
const current = (page: Page) =>
  page.evaluate(() => {
    const id = document.querySelector('[role=tree]')?.getAttribute('aria-activedescendant');
    return document.getElementById(id ?? '')?.textContent ?? null;
  });

test('one snapshot gives one file, which names its only script and style by their hashes', () => {
  const html = renderHtml(hostile(), { title: hostileNames[0]!, sources: { a: '</script>' } });
  expect(html).toBe(
    renderHtml(hostile(), { title: hostileNames[0]!, sources: { a: '</script>' } }),
  );
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html).toContain("default-src 'none'; script-src 'sha256-");
  expect(html).not.toContain('<img');
  expect(() => renderHtml({} as Snapshot)).toThrow(new TypeError('snapshot must be a Snapshot'));
});

describe.runIf(chromiumPath !== undefined)(titled('the HTML report'), () => {
  let report: ReportPage;

  beforeAll(async () => {
    report = await openReport(small(3000, 1000), {
      base: small(1000, 2000),
      baseTitle: 'Yesterday',
    });
  });

  afterAll(() => report?.close());

  test('shows hostile names as text, asks for nothing and breaks no rule', async () => {
    const title = hostileNames[0]!;
    const { page, problems, close } = await openReport(hostile(), { title });
    await expect.poll(() => page.textContent('h1')).toBe(title);
    await page.focus('[role=tree]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const items = (await page.locator('[role=treeitem]').allTextContents()).join('\n');
    expect(items).toContain('</script><img src=x onerror=alert(1)>:1');
    expect(items).toContain('javascript:alert(1):3');
    expect(items).toContain('⟨U+202E⟩gnp.exe:4');
    expect(items).toContain('nul⟨U+0000⟩in it:5');
    expect(items).toContain('lone ⟨U+D800⟩ surrogate:6');
    for (const key of ['2', '3', '4', '5', '6']) await page.keyboard.press(key);
    expect(await page.locator('img').count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test('is walked by keys alone', async () => {
    const { page, open } = report;
    await open('#mode=now');
    await page.focus('[role=tree]');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => current(page)).toBe('main.py:1, 4010 B, 100.0 %');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => current(page)).toBe('load.py:2, 3000 B, 74.8 %');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => current(page)).toBe('save.py:3, 1000 B, 24.9 %');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('.crumbs button').allTextContents())
      .toEqual(['all', 'save.py:3']);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.crumbs button').allTextContents()).toEqual(['all']);
    await page.keyboard.press('/');
    await page.keyboard.type('load');
    await expect.poll(() => page.textContent('.found')).toBe('1 found · 74.8 %');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await expect.poll(() => current(page)).toBe('load.py:2, 3000 B, 74.8 %');
    await page.keyboard.press('?');
    await expect.poll(() => page.textContent('dialog h2')).toBe('How to read the flame graph');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('3');
    await expect.poll(() => page.getAttribute('#tab-table', 'aria-selected')).toBe('true');
  });

  test('keeps what was chosen in the address, and goes back', async () => {
    const { page, open } = report;
    await open('#mode=now&metric=peak&unit=blocks');
    // These traces say nothing of a peak.
    await expect.poll(() => page.locator('input[value=peak]').count()).toBe(0);
    expect(await page.getAttribute('.choices > .hint', 'title')).toBe(
      'Nobody counted: at peak, temporary, allocated',
    );
    await expect.poll(() => page.isChecked('input[value=live]')).toBe(true);
    await expect.poll(() => page.isChecked('input[value=blocks]')).toBe(true);
    await page.keyboard.press('u');
    await page.keyboard.press('i');
    const hash = () => page.evaluate(() => location.hash);
    await expect.poll(() => hash()).toBe('#mode=now&inverted=true');
    // By the page itself, whose earlier steps are told to the browser in the same order.
    await page.evaluate(() => history.back());
    await expect.poll(() => hash()).toBe('#mode=now');
    await expect.poll(() => page.isChecked('input[type=checkbox]')).toBe(false);
    await page.fill('#fileGlob', '*.py');
    await page.fill('#fileGlob', '!load');
    await expect.poll(() => hash()).toBe('#mode=now&fileGlob=%21load');
    await expect.poll(() => details(page)).toContain('1010 B');
    await page.selectOption('.filters select', '1');
    await expect.poll(() => details(page)).toContain('10 B');
    await page.keyboard.press('Escape');
    await page.keyboard.press('x');
    await expect.poll(() => details(page)).toContain('4010 B');
  });

  test('shows what grew and what shrank side by side', async () => {
    const { page, open, problems } = report;
    await open('#');
    expect(await page.textContent('.facts')).toBe(
      'commandmain.py --faststarted2026-03-04T05:06:07Zran2.5 shostbrython 3.14.3tracesexactfreesas they happenframes kept2tracked4010 B in 3 blockscompared withYesterday: 3010 B in 3 blocks',
    );
    await page.focus('[role=tree]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    // 2000 more and 1000 less: two thirds of what changed.
    await expect.poll(() => current(page)).toBe('▲ load.py:2, 3000 B, 66.7 %');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => current(page)).toBe('▼ save.py:3, 1000 B, 33.3 %');
    await expect.poll(() => details(page)).toContain('▼ −1000 B');
    expect(problems).toEqual([]);
  });
});
