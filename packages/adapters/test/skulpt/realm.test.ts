import { createContext, runInContext } from 'node:vm';
import { attachSkulpt, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { newSkulpt } from './new-skulpt.ts';

test.each([true, false])('Skulpt runs in a context of its own (minified: %s)', (minified) => {
  const { Sk, run } = newSkulpt({ minified });
  expect(run('import math\nprint(math.floor(2.5), [1] * 2)')).toEqual({
    stdout: '2 [1, 1]\n',
    error: null,
  });
  expect(run('print("aé€".encode(), bytes([226, 130, 172]).decode())').stdout).toBe(
    "b'a\\xc3\\xa9\\xe2\\x82\\xac' €\n",
  );
  expect(run('1 / 0').error).toContain('ZeroDivisionError');
  expect(Object.hasOwn(globalThis, 'Sk')).toBe(false);
  expect(newSkulpt({ minified }).Sk).not.toBe(Sk);
});

test('text that is no Skulpt is refused', () => {
  expect(() => createSkulpt({ source: '1', stdlib: '2' })).toThrow(/defines no global Sk/);
});

test('a Skulpt that was never configured can be attached to', () => {
  const { source, stdlib } = readSkulptBuild();
  const context = createContext({ setTimeout, clearTimeout });
  runInContext('var window = this, self = this;', context);
  runInContext(source, context);
  runInContext(stdlib, context);
  const { Sk } = context as unknown as { Sk: SkulptHost };
  expect(Object.hasOwn(Sk, '__future__')).toBe(false);
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  attachSkulpt(Sk, new Tracer(), { onWarning }).detach();
  expect(warnings).toEqual([]);
  expect(Object.hasOwn(Sk, '__future__')).toBe(false);
});

test('the self-test passes however Skulpt is configured, and an unknown build is told of', () => {
  const { Sk } = newSkulpt();
  const host = Sk as SkulptHost & { configure(options: object): void; python2: object };
  const output = (): undefined => undefined;
  const warnings: string[] = [];
  const attach = (): void =>
    attachSkulpt(Sk, new Tracer(), { onWarning: (text) => void warnings.push(text) }).detach();
  for (const options of [
    { __future__: host.python2 },
    { debugging: true, breakpoints: () => true },
    { execLimit: 0, yieldLimit: 0, killableWhile: true },
  ]) {
    host.configure({ output, __future__: host.python3, ...options });
    Object.assign(Sk, { execStart: new Date(0), lastYield: new Date(0) });
    attach();
  }
  expect(warnings).toEqual([]);
  Object.assign(Sk, { build: { githash: 'ffff' } });
  attach();
  expect(warnings).toEqual([
    expect.stringMatching(/^this build of Skulpt \(ffff\) is not known, 1\.2\.0, .* are: /),
  ]);
});
