import { TracemallocError } from '@tracemalloc/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attachOrRestore, Restorer } from '../../src/contract/index.ts';

class Base {
  inherited = 'own';
  method(): string {
    return 'method';
  }
}

/** An object with members of every kind. */
function newHost() {
  const host = Object.assign(new Base(), { plain: 1 });
  Object.defineProperty(host, 'hidden', { value: 2, writable: true, configurable: true });
  Object.defineProperty(host, 'fixed', { value: 3, enumerable: true, configurable: true });
  Object.defineProperty(host, 'asked', { get: () => 4, enumerable: true, configurable: true });
  return host as unknown as Record<string, unknown> & Base;
}

/** Everything that can be told of an object. */
const told = (host: object) => Object.getOwnPropertyDescriptors(host);

test('any members replaced any number of times are put back exactly as they were', () => {
  const names = fc.constantFrom('plain', 'hidden', 'fixed', 'asked', 'method', 'absent');
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.integer())), (changes) => {
      const host = newHost();
      const { get } = told(host)['asked']!;
      const before = { ...told(host), asked: { ...told(host)['asked'], get } };
      const restorer = new Restorer();
      for (const [name, value] of changes) {
        restorer.set(host, name, value);
        expect(host[name]).toBe(value);
      }
      restorer.restore();
      expect(told(host)).toEqual(before);
      expect(Object.hasOwn(host, 'method')).toBe(false);
    }),
  );
});

test('a member that is replaced keeps its attributes, and is made of what was there', () => {
  const host = newHost();
  const restorer = new Restorer();
  restorer.replace(host, 'hidden', (value) => Number(value) + 1);
  restorer.replace(host, 'method', (method) => () => `traced ${method.call(host)}`);
  expect(told(host)['hidden']).toEqual({
    value: 3,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  expect(host.method()).toBe('traced method');
});

test('a step that throws keeps no other from being done, and is told of at the end', () => {
  const host = newHost();
  const restorer = new Restorer();
  restorer.set(host, 'plain', 'traced');
  restorer.add(() => {
    throw new Error('gone already');
  });
  restorer.set(host, 'hidden', 'traced');
  expect(() => restorer.restore()).toThrow(new Error('gone already'));
  expect([host['plain'], host['hidden']]).toEqual([1, 2]);
});

test('attaching that fails leaves the host as it was found, and says what the host is not', () => {
  const host = newHost();
  const before = told(host);
  const attach = () =>
    attachOrRestore('Host 9', (restorer) => {
      restorer.set(host, 'plain', 'traced');
      throw new TypeError('host.compile is not a function');
    });
  expect(attach).toThrow(
    new TracemallocError(
      'unsupported-host',
      "Host 9 can't be traced: TypeError: host.compile is not a function",
      { host: 'Host 9', reason: 'TypeError: host.compile is not a function' },
    ),
  );
  expect(told(host)).toEqual(before);
});

test('what attaching itself finds wrong is told as it is', () => {
  const misuse = new TracemallocError('misuse', 'attached already');
  const attach = () =>
    attachOrRestore('Host 9', () => {
      throw misuse;
    });
  expect(attach).toThrow(misuse);
});

test('an attached host stays so until its restorer is asked', () => {
  const host = newHost();
  const restorer = attachOrRestore('Host 9', (restorer) => {
    restorer.set(host, 'plain', 'traced');
    return restorer;
  });
  expect(host['plain']).toBe('traced');
  restorer.restore();
  expect(host['plain']).toBe(1);
});
