/// <reference lib="dom" />
import { fileURLToPath } from 'node:url';
import type { attachSkulpt, SkulptHost } from '@tracemalloc/adapters/skulpt';
import type { Tracer } from '@tracemalloc/core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenRules, loadAxe } from './broken-rules.ts';
import { chromiumPath, titled } from './chromium.ts';
import { endedOutput, memoryRows, openProgramPage, type ProgramPage } from './program-page.ts';

type Traced = {
  readonly attachSkulpt: typeof attachSkulpt;
  readonly Tracer: typeof Tracer;
};
type Configurable = { configure(options: object): void };

describe.runIf(chromiumPath !== undefined)(titled('the Skulpt page'), () => {
  let opened: ProgramPage;
  let page: Page;

  beforeAll(async () => {
    opened = await openProgramPage('examples/skulpt-page');
    page = opened.page;
  });

  afterAll(async () => {
    await opened?.close();
    expect([opened?.problems, opened?.foreign]).toEqual([[], []]);
  });

  const start = (source: string) => opened.start(source);
  const ended = () => endedOutput(page);
  const rows = () => memoryRows(page);
  const printed = (text: string) =>
    page.waitForFunction(
      (expected) => document.querySelector('#output')?.textContent === expected,
      text,
    );

  test('lists the lines that the program still uses, and answers as CPython does', async () => {
    await start(`import tracemalloc
kept = [bytes(1000) for _ in range(9)]
gone = [bytes(1000) for _ in range(9)]
gone = None
for statistic in tracemalloc.take_snapshot().statistics('lineno')[:1]:
    print(statistic)
print(kept[0] is kept[0], tracemalloc.get_object_traceback(kept[0]))
`);
    const output = await ended();
    expect(output).toMatch(
      /^main.py:2: size=9\d\d\d B, count=\d+, average=\d+ B\nTrue main.py:2\n$/,
    );
    const [biggest, ...others] = await rows();
    expect([biggest![0], biggest![2]]).toEqual([
      'main.py:2',
      'kept = [bytes(1000) for _ in range(9)]',
    ]);
    expect(others.map(([place]) => place)).not.toContain('main.py:3');
  });

  test('a program that waits is traced through its waits', async () => {
    await start(`import time
def slow():
    time.sleep(0.01)
    return [
        bytes(5000)
    ]
kept = slow()
print('woken')
`);
    expect(await ended()).toBe('woken\n');
    expect(await rows()).toContainEqual(['main.py:5', '1', 'bytes(5000)']);
  });

  test('an endless loop is stopped, and what it kept is listed', async () => {
    await start(`kept = bytes(3000)
def spin():
    while True:
        pass
print('spinning')
spin()
`);
    await printed('spinning\n');
    await page.click('#stop');
    expect(await ended()).toBe(`spinning
Traceback (most recent call last):
  File "main.py", line 6
    spin()
  File "main.py", line ${await page.textContent('#numbers .error')}
    ${(await page.textContent('#numbers .error')) === '3' ? 'while True:' : 'pass'}
KeyboardInterrupt
`);
    expect(await rows()).toContainEqual(['main.py:1', '1', 'kept = bytes(3000)']);
  });

  test('a wait without end is stopped too', async () => {
    await start("import time\nprint('waiting')\ntime.sleep(1000)\n");
    await printed('waiting\n');
    await page.press('#source', 'Escape');
    expect(await ended()).toMatch(/line 3\n {4}time.sleep\(1000\)\nKeyboardInterrupt\n$/);
  });

  test('a syntax error names its line', async () => {
    await start("print('never')\nif True\n    pass\n");
    expect(await ended()).toBe('  File "main.py", line 2\n    if True\nSyntaxError: bad input\n');
    expect(await page.textContent('#numbers .error')).toBe('2');
  });

  test('an exception that nobody catches is shown with its calls', async () => {
    await start(`kept = bytes(2000)
def half(n):
    return n / 2
half('seven')
`);
    expect(await ended()).toBe(`Traceback (most recent call last):
  File "main.py", line 4
    half('seven')
  File "main.py", line 3
    return n / 2
TypeError: unsupported operand type(s) for /: 'str' and 'int'
`);
    expect(await page.textContent('#numbers .error')).toBe('3');
    expect(await rows()).toContainEqual(['main.py:1', '1', 'kept = bytes(2000)']);
  });

  test('every example runs', async () => {
    const titles = await page.$$eval('#examples option', (all) => all.map((o) => o.textContent!));
    for (const title of titles) {
      await page.selectOption('#examples', title);
      await page.click('#run');
      await page.waitForFunction(() => document.querySelector('#output')?.textContent !== '');
      await page.press('#source', 'Escape');
      expect(await ended()).not.toMatch(/Error/);
    }
    expect(titles).toHaveLength(4);
  });

  test('with finalizers, a synchronous run’s snapshot says that frees are a lower bound', async () => {
    const urlOf = (name: string): string =>
      `/@fs${fileURLToPath(new URL(`../../packages/${name}/index.ts`, import.meta.url))}`;
    await page.addScriptTag({
      type: 'module',
      content: `import { attachSkulpt } from '${urlOf('adapters/src/skulpt')}';
import { Tracer } from '${urlOf('core/src')}';
window.traced = { attachSkulpt, Tracer };`,
    });
    await page.waitForFunction(() => 'traced' in window);
    // A Skulpt of its own: the page's has an adapter already.
    const { liveness, gone } = await page.evaluate(async () => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      for (const name of ['skulpt.min.js', 'skulpt-stdlib.js']) {
        const script = frame.contentDocument!.createElement('script');
        script.src = `/skulpt/${name}`;
        await new Promise((resolve) => {
          script.onload = resolve;
          frame.contentDocument!.head.append(script);
        });
      }
      const { Sk } = frame.contentWindow as unknown as { Sk: SkulptHost & Configurable };
      const { attachSkulpt, Tracer } = (window as unknown as { traced: Traced }).traced;
      Sk.configure({ __future__: Sk.python3, output: () => undefined });
      // Other tests want it; no page has it.
      Object.assign(window, { gc: undefined });
      const tracer = new Tracer();
      const adapter = attachSkulpt(Sk, tracer, { liveness: 'finalizers' });
      tracer.start();
      Sk.importMainWithBody(
        'main',
        false,
        'x = [1.5]\ngone = [[n] for n in range(99)]\ngone = 0\n',
        false,
      );
      const snapshot = tracer.takeSnapshot();
      adapter.detach();
      frame.remove();
      const lines = snapshot.statistics('lineno');
      return {
        liveness: snapshot.metadata?.liveness,
        gone: lines.find(({ traceback }) => traceback.at(0)?.lineno === 2)?.count ?? 0,
      };
    });
    expect(liveness).toBe('lower-bound');
    expect(gone).toBeGreaterThan(99);
  });

  test('shows what lives while the program runs, in both themes', async () => {
    await start(`import time
kept = []
while True:
    kept.append(bytes(1000))
    time.sleep(0.01)
`);
    const live = page.locator('#live dl');
    await expect.poll(() => live.textContent()).toMatch(/^Live\s*[\d.]+ KiB/);
    await loadAxe(page);
    expect(await brokenRules(page, [], 'body')).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await brokenRules(page, [], 'body')).toEqual([]);
    await page.press('#source', 'Escape');
    expect(await ended()).toContain('KeyboardInterrupt');
  });

  test.each([
    [
      'keeps all it makes',
      'kept = []\nwhile True: kept.append("x" * 10**6 + str(len(kept)))',
      /MemoryError: /,
    ],
    ['wants a giant', "x = 'x' * 10**10", /MemoryError: /],
    [
      'goes on through every error',
      'kept = []\nwhile True:\n  try: kept.append("x" * 10**6 + str(len(kept)))\n  except: pass',
      /MemoryError: the program went on through errors for memory without an end\n$/,
    ],
    ['calls without an end', 'def f(): f()\nf()', /RecursionError|RangeError/],
  ])('a program that %s leaves the page as it was', async (_, source, ending) => {
    await start(source);
    expect(await ended()).toMatch(ending);
    await start("print('goes on')");
    expect(await ended()).toBe('goes on\n');
  });

  test('tracing can be left to the program', async () => {
    await page.uncheck('#trace');
    await start('import tracemalloc\nkept = bytes(9)\nprint(tracemalloc.is_tracing())\n');
    expect(await ended()).toBe('False\n');
    expect(await page.textContent('#nothing')).toMatch(/^When the program ended it was not traced/);
    await page.check('#trace');
  });
});
