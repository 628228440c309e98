/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenRules, loadAxe } from './broken-rules.ts';
import { chromiumPath, titled } from './chromium.ts';
import { endedOutput, memoryRows, openProgramPage, type ProgramPage } from './program-page.ts';

describe.runIf(chromiumPath !== undefined)(titled('the Pyodide page'), () => {
  let opened: ProgramPage;
  let page: Page;

  beforeAll(async () => {
    opened = await openProgramPage('examples/pyodide-page');
    page = opened.page;
  });

  afterAll(async () => {
    await opened?.close();
    expect([opened?.problems, opened?.foreign]).toEqual([[], []]);
  });

  const start = (source: string) => opened.start(source);
  const ended = () => endedOutput(page);
  const rows = () => memoryRows(page);

  test('lists the lines that the program still uses, and answers as CPython does', async () => {
    await start(`import tracemalloc
kept = [bytes(1000) for _ in range(9)]
gone = [bytes(1000) for _ in range(9)]
gone = None
ours = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, 'main.py')])
print(ours.statistics('lineno')[0])
print(tracemalloc.get_object_traceback(kept[0]), tracemalloc.get_tracemalloc_memory() > 0)
`);
    expect(await ended()).toMatch(
      /^main.py:2: size=9\d\d\d B, count=1\d, average=\d+ B\nmain.py:2 True\n$/,
    );
    const shown = await rows();
    expect(shown).toContainEqual(['main.py:2', '10', 'kept = [bytes(1000) for _ in range(9)]']);
    expect(shown.map(([place]) => place)).not.toContain('main.py:3');
  });

  test('an exception that nobody catches is shown with its calls, from the program on', async () => {
    await start(`kept = bytes(2000)
def half(n):
    return n / 2
half('seven')
`);
    expect(await ended()).toBe(`Traceback (most recent call last):
  File "main.py", line 4, in <module>
    half('seven')
    ~~~~^^^^^^^^^
  File "main.py", line 3, in half
    return n / 2
           ~~^~~
TypeError: unsupported operand type(s) for /: 'str' and 'int'
`);
    expect(await page.textContent('#numbers .error')).toBe('3');
    expect(await rows()).toContainEqual(['main.py:1', '1', 'kept = bytes(2000)']);
    await start("print('never')\nif True\n    pass\n");
    expect(await ended()).toContain("SyntaxError: expected ':'\n");
    expect(await page.textContent('#numbers .error')).toBe('2');
  });

  test('what lives is shown while the program waits, and it can be stopped there', async () => {
    await start(`import asyncio
kept = []
while True:
    kept.append(bytes(1000))
    await asyncio.sleep(0.01)
`);
    const live = page.locator('#live dl');
    await expect.poll(() => live.textContent()).toMatch(/^Live\s*[\d.]+ KiB/);
    await loadAxe(page);
    expect(await brokenRules(page, [], 'body')).toEqual([]);
    await page.click('#stop');
    expect(await ended()).toMatch(/line 5, in <module>\n(?:.*\n)*KeyboardInterrupt\n$/);
    const [biggest] = await rows();
    expect([biggest![0], biggest![2]]).toEqual(['main.py:4', 'kept.append(bytes(1000))']);
  });

  test('tasks that take turns, and calls that wait inside, keep lines of their own', async (context) => {
    if (!(await page.evaluate(() => 'Suspending' in WebAssembly))) {
      return context.skip('this Chromium has no JSPI, which gives tasks a stack each');
    }
    await start(`import asyncio, tracemalloc
from pyodide.ffi import run_sync
kept = []
async def left():
    for _ in range(5):
        kept.append(bytes(1000))
        await asyncio.sleep(0)
def wait():
    run_sync(asyncio.sleep(0))
    kept.append(bytes(2000))
async def right():
    for _ in range(5):
        wait()
await asyncio.gather(left(), right())
for block in kept:
    print(len(block), *tracemalloc.get_object_traceback(block))
`);
    const printed = (await ended()).trimEnd().split('\n').sort();
    expect(printed).toEqual([
      ...Array(5).fill('1000 main.py:6'),
      ...Array(5).fill('2000 main.py:13 main.py:10'),
    ]);
  });

  test('every example runs', async () => {
    const titles = await page.$$eval('#examples option', (all) => all.map((o) => o.textContent!));
    for (const title of titles) {
      await page.selectOption('#examples', title);
      await page.click('#run');
      expect(await ended()).toMatch(/\S/);
      expect(await page.textContent('#status')).toMatch(/^Ran in/);
    }
    expect(titles).toHaveLength(3);
  });

  test('tracing can be left to the program', async () => {
    await page.uncheck('#trace');
    await start('import tracemalloc\nkept = bytes(9)\nprint(tracemalloc.is_tracing())\n');
    expect(await ended()).toBe('False\n');
    expect(await page.textContent('#nothing')).toMatch(/^When the program ended it was not traced/);
    await page.check('#trace');
  });
});
