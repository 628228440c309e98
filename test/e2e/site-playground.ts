/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, titled } from './chromium.ts';
import { endedOutput, memoryRows } from './program-page.ts';
import { serveSite } from './serve-site.ts';
import { diskUrl, openSite, seriousFindings } from './site-page.ts';

describe.runIf(chromiumPath !== undefined)(titled('the playground, opened from a disk'), () => {
  const url = `${diskUrl}playground/index.html`;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    ({ page, problems } = await openSite(url));
  });
  afterAll(async () => {
    await page?.context().close();
    expect(problems).toEqual([]);
  });

  const type = async (source: string): Promise<void> => {
    await page.locator('.cm-content').fill(source);
  };
  const ended = () => endedOutput(page);
  const rows = () => memoryRows(page);
  const follow = async (hash: string): Promise<void> => {
    await page.evaluate((text) => {
      location.hash = text;
    }, hash);
  };

  test('a program runs, and the lines that keep memory are listed', async () => {
    await type(`import tracemalloc
tracemalloc.start()
kept = [bytes(1000) for _ in range(9)]
gone = [bytes(1000) for _ in range(9)]
gone = None
print(tracemalloc.take_snapshot().statistics('lineno')[0])
`);
    await page.click('#run');
    expect(await ended()).toMatch(/^main.py:3: size=9\d{3} B, count=1\d, average=\d+ B\n$/);
    const [biggest, ...others] = await rows();
    expect(biggest).toEqual([
      'main.py:3',
      expect.stringMatching(/^1\d$/),
      'kept = [bytes(1000) for _ in range(9)]',
    ]);
    expect(others.map(([place]) => place)).not.toContain('main.py:4');
    expect(await page.getAttribute('#curve', 'aria-label')).toMatch(/^Memory over .+: at most /);
    await page.click('#lines button');
    expect(await page.evaluate(() => String(getSelection()))).toContain('kept = [bytes');
  });

  test('the full report has the program beside its figures', async () => {
    await page.click('#report');
    const report = page.frameLocator('#report-frame');
    await expect.poll(() => report.locator('h1').textContent()).toBe('main.py, Python (Skulpt)');
    expect(await report.locator('.findings').textContent()).toContain('main.py:3');
    await page.click('#report-dialog button');
  });

  test('an endless loop is stopped, its thread ends, and what it kept stays on show', async () => {
    await follow('#example=endless');
    await expect.poll(() => page.textContent('.cm-content')).toContain('while True');
    await page.click('#run');
    await expect.poll(async () => (await rows())[0]?.[0]).toMatch(/^main\.py:\d+$/);
    expect(page.workers()).toHaveLength(1);
    await page.click('#stop');
    expect(await page.textContent('#status')).toBe('Stopped');
    await expect.poll(() => page.workers()).toEqual([]);
    expect(await page.isEnabled('#report')).toBe(true);
    await page.selectOption('#host', 'lua');
    await page.selectOption('#program', 'lua-endless');
    await page.click('#run');
    await expect.poll(async () => (await rows()).length).toBeGreaterThan(0);
    await page.click('#stop');
    await expect.poll(() => page.workers()).toEqual([]);
  });

  test('a memory limit is an error of the language’s own', async () => {
    await page.selectOption('#limit', '4');
    await page.selectOption('#host', 'lua');
    await type(`local ok, message = pcall(function()
  local kept = {}
  while true do kept[#kept + 1] = ('x'):rep(#kept + 10000) end
end)
print(ok, message)
error('the end')
`);
    await page.click('#run');
    expect(await ended()).toMatch(/^false\tnot enough memory\nlua: main.lua:6: the end\n/);
    expect(await page.textContent('.cm-line.failed')).toBe("error('the end')");
    await page.selectOption('#host', 'skulpt');
    await follow('#example=limit');
    await expect.poll(() => page.textContent('.cm-content')).toContain('MemoryError');
    await page.click('#run');
    expect(await ended()).toMatch(/^no more after \d+ lists[\s\S]*and the program goes on with/);
    await page.selectOption('#limit', '64');
  });

  test('an error shows its calls and marks its line', async () => {
    await type('def half(n):\n    return n / 2\n\nhalf("seven")\n');
    await page.click('#run');
    expect(await ended()).toBe(`Traceback (most recent call last):
  File "main.py", line 4
    half("seven")
  File "main.py", line 2
    return n / 2
TypeError: unsupported operand type(s) for /: 'str' and 'int'
`);
    expect(await page.textContent('.cm-line.failed')).toBe('    return n / 2');
  });

  test('a link holds the program, and runs nothing by itself', async () => {
    const source = `print('<b>ü</b> ${'x'.repeat(3000)}')\n`;
    await type(source);
    await page.click('#share');
    const { hash } = new URL(page.url());
    expect(hash).toMatch(/^#run=skulpt\.[\w-]{20,200}$/);
    await follow('#example=peak');
    await expect.poll(() => page.textContent('.cm-content')).not.toContain('<b>ü</b>');
    await page.evaluate(() => document.querySelector('#output')!.replaceChildren());
    await follow(hash);
    await expect
      .poll(() => page.textContent('#notice'))
      .toMatch(/^This program came with the link/);
    await expect.poll(() => page.textContent('.cm-content')).toContain('<b>ü</b>');
    expect(page.workers()).toEqual([]);
    expect(await page.textContent('#output')).toBe('');
  });

  test('a link that is damaged or too long says so, and leaves the editor alone', async () => {
    await type('keep = 1');
    const bomb = await page.evaluate(async () => {
      const zeros = new Blob([new Uint8Array(50_000_000)]);
      const packed = zeros.stream().pipeThrough(new CompressionStream('deflate-raw'));
      const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    });
    const links: Readonly<Record<string, RegExp>> = {
      '#run=skulpt.%00': /it is damaged/,
      '#run=ruby.AAAA': /it is damaged/,
      '#run=skulpt.AAAAAAAA': /can’t be read/,
      '#run=lua.__________': /can’t be read/,
      [`#run=lua.${bomb}`]: /it (?:holds more than 100000 bytes|has \d+ characters)/,
      [`#run=lua.${'A'.repeat(70_000)}`]: /it has 700\d\d characters, and may have 60000/,
    };
    for (const [hash, message] of Object.entries(links)) {
      await page.evaluate(() => document.querySelector('#notice')!.replaceChildren());
      await follow(hash);
      await expect.poll(() => page.textContent('#notice')).toMatch(message);
      expect(await page.textContent('.cm-content')).toBe('keep = 1');
    }
  });

  test('the lesson goes on step by step, when each is done', async () => {
    await follow('#example=leak-hunt');
    const next = async (): Promise<void> => {
      await page.waitForSelector('#lesson .next');
      await page.click('#lesson .next');
    };
    for (const printed of [/after round 5: \d+ bytes/, /main\.py:\d+: .*\(\+/, /File "main\.py"/]) {
      await page.click('#run');
      expect(await ended()).toMatch(printed);
      await next();
    }
    await page.click('#report');
    const title = page.frameLocator('#report-frame').locator('h1');
    await expect.poll(() => title.textContent()).toContain('main.py');
    await page.click('#report-dialog button');
    await next();
    await page.click('#run');
    await ended();
    expect(await page.textContent('#lesson .state')).toBe('');
    const lines = await page.locator('.cm-line').allTextContents();
    const leaking = lines.join('\n');
    await type(leaking.replace('key = (product, request)', 'key = product'));
    await page.click('#run');
    await ended();
    expect(await page.textContent('#lesson .state')).toBe('✓ The leak is gone.');
  });

  test('Python in Brython reaches neither the network nor what the site has stored', async () => {
    await page.selectOption('#host', 'brython');
    const { server, url: ours } = await serveSite();
    let hits = 0;
    server.on('request', () => hits++);
    await type(`from browser import self as worker
def attempt(what, work):
    try:
        work()
        print(what)
    except Exception:
        print('not', what)
def send():
    request = worker.XMLHttpRequest.new()
    request.open('GET', '${ours}', False)
    request.send()
attempt('loaded', lambda: worker.importScripts('${ours}viewer.js'))
attempt('sent', send)
attempt('stored', lambda: worker.indexedDB.open('x'))
kept = [[n] for n in range(1000)]
`);
    await page.click('#run');
    expect(await ended()).toBe('not loaded\nnot sent\nnot stored\n');
    expect((await rows())[0]![0]).toBe('main.py:15');
    expect(hits).toBe(0);
    server.close();
    // What was refused is told to the console.
    const others = problems
      .splice(0)
      .filter((text) => !/Content Security Policy|Failed to load/.test(text) && text !== ours);
    expect(others).toEqual([]);
  });

  test('Python in Pyodide runs, reaches nothing, and ends at Stop and at its limit', async () => {
    await page.selectOption('#host', 'pyodide');
    const { server, url: ours } = await serveSite();
    let hits = 0;
    server.on('request', () => hits++);
    await type(`import tracemalloc
from js import XMLHttpRequest, importScripts, indexedDB
tracemalloc.start()
kept = [bytes(1000) for _ in range(9)]
print(tracemalloc.take_snapshot().statistics('lineno')[0])
def send():
    request = XMLHttpRequest.new()
    request.open('GET', '${ours}', False)
    request.send()
for reach in (send, lambda: importScripts('${ours}viewer.js'), lambda: indexedDB.open('x')):
    try:
        reach()
        print('reached')
    except Exception:
        print('refused')
1 / 0
`);
    await page.click('#run');
    const output = await ended();
    expect(output).toMatch(
      /^main\.py:4: size=9\d{3} B, count=1\d, average=\d+ B\n(?:refused\n){3}T/,
    );
    expect(output).toContain('line 16, in <module>\n    1 / 0\n');
    expect(await page.textContent('.cm-line.failed')).toBe('1 / 0');
    expect((await rows())[0]).toEqual([
      'main.py:4',
      expect.stringMatching(/^1\d$/),
      'kept = [bytes(1000) for _ in range(9)]',
    ]);
    expect(hits).toBe(0);
    server.close();
    await type('kept = []\nwhile True:\n    kept.append(len(kept))\n    kept = kept[-1000:]\n');
    await page.click('#run');
    await expect.poll(async () => (await rows())[0]?.[0]).toMatch(/^main\.py:\d$/);
    await page.click('#stop');
    await expect.poll(() => page.workers()).toEqual([]);
    await page.selectOption('#limit', '4');
    await type('kept = []\nwhile True:\n    kept.append(bytes(10000))\n');
    await page.click('#run');
    expect(await ended()).toMatch(
      /\nMemoryError\nThe memory limit was reached: .* of 4096 KiB are in use/,
    );
    await page.selectOption('#limit', '64');
    // What was refused is told to the console.
    const others = problems
      .splice(0)
      .filter((text) => !/Content Security Policy|Failed to load/.test(text) && text !== ours);
    expect(others).toEqual([]);
  });

  test('is usable with a keyboard and a screen reader, in both themes', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousFindings(page)).toEqual([]);
  });
});
