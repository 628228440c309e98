import { readFileSync } from 'node:fs';
import { loadPickle } from '@tracemalloc/formats/pickle';
import { describe, expect, test } from 'vitest';
import { flips, outcomeOf, prefixes, randomBuffers } from '../../../core/test/codec/mutations.ts';
import { runs } from '../../../core/test/runs.ts';
import {
  errorOf,
  frame,
  newObject,
  type Part,
  pickle,
  snapshotPickle,
  text8,
  trace,
  uint32,
} from './pickles.ts';

const folder = new URL('../../../../test/vectors/pickles/', import.meta.url);
const read = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, folder)));
const binary = read('py3.13-synthetic.pickle');
const text = read('py3.13-proto0.pickle');

/** A RangeError names a size above 2^53 − 1, as loadPickle says. */
function outcomeOrSize(bytes: Uint8Array): string {
  return outcomeOf(() => {
    try {
      loadPickle(bytes);
    } catch (error) {
      if (!(error instanceof RangeError && error.message.startsWith('the size of trace ')))
        throw error;
    }
  }, bytes.length);
}

test('the hand-made pickle is good', () => {
  const snapshot = loadPickle(snapshotPickle([']', trace, 'a']));
  expect(Array.from(snapshot.traces, String)).toEqual(['a.py:3: 10 B']);
});

describe('damage', () => {
  test.each([
    ['binary', binary],
    ['text', text],
  ])('every prefix of a %s pickle is truncated', (_, bytes) => {
    const others = [...prefixes(bytes)].filter((prefix) => {
      const { code, offset } = errorOf(prefix);
      return code !== 'truncated' || offset !== prefix.length;
    });
    expect(others).toEqual([]);
  });

  test.each([
    ['binary', binary, runs(1000)],
    ['text', text, runs(1000)],
  ])('a changed byte of a %s pickle is refused or gives another snapshot', (_, bytes, count) => {
    const seen = new Set<string>();
    for (const input of flips(bytes, count, 5)) seen.add(outcomeOrSize(input));
    expect(seen).toContain('read');
    expect(seen).toContain('corrupt');
  });

  test('random bytes are no pickle of a snapshot', () => {
    const inputs = [...randomBuffers(runs(1000), 6, binary.subarray(0, 40))];
    expect(inputs.filter((input) => outcomeOrSize(input) === 'read')).toEqual([]);
  });

  test('bytes after the end', () => {
    expect(errorOf(pickle(binary, 0))).toEqual({
      code: 'trailing-data',
      message: `trailing-data pickle: 1 bytes after its end (at byte ${binary.length})`,
      offset: binary.length,
    });
  });
});

describe('a pickle is never run', () => {
  test.each<[string, Uint8Array, string]>([
    ['os.system', pickle('cos\nsystem\n(', text8('true'), 'tR.'), 'os.system'],
    [
      'builtins.eval',
      pickle([0x80, 4], text8('builtins'), text8('eval'), 0x93, '.'),
      'builtins.eval',
    ],
    ['another class', pickle('ctracemalloc\nFilter\n.'), 'tracemalloc.Filter'],
    [
      'a name of the prototype chain',
      pickle('ctracemalloc\n__proto__\n.'),
      'tracemalloc.__proto__',
    ],
  ])('%s is refused by name', (_, bytes, name) => {
    const { code, message } = errorOf(bytes);
    expect(code).toBe('refused-class');
    expect(message).toContain(`it names ${name}, and only tracemalloc.Snapshot is ever built`);
  });

  test.each<[string, Part[]]>([
    ['calling a class', ['ctracemalloc\nSnapshot\n(tR.']],
    ['calling object', ['cbuiltins\nobject\n(tR.']],
    [
      'rebuilding with a state',
      ['ccopyreg\n_reconstructor\n(ctracemalloc\nSnapshot\ncbuiltins\nobject\nK\x05tR.'],
    ],
    ['an instance of object', ['cbuiltins\nobject\n)', 0x81, '.']],
    ['arguments for a class', ['ctracemalloc\nSnapshot\nK\x01', 0x85, 0x81, '.']],
    ['a persistent id', ['Pid\n.']],
    ['an extension code', [0x82, 1, '.']],
    ['an instance by INST', ['(itracemalloc\nSnapshot\n.']],
    ['a state for a list', [']}b.']],
    ['an item of a list', [']K\x01K\x02s.']],
    ['an append to a dict', ['}K\x01a.']],
    ['an odd number of items', ['}(K\x01u.']],
    ['a pop below the mark', ['K\x01(', 0x85, '.']],
    ['a mark that is missing', ['t.']],
    ['an empty stack', ['.']],
    ['a memo entry that is missing', ['h\x05.']],
    ['a negative memo number', ['K\x01p-1\n.']],
    ['an integer of letters', ['Ix\n.']],
    ['an integer of 5000 digits', ['L', '9'.repeat(5000), 'L\n.']],
    ['a LONG4 of a megabyte', [0x8b, uint32(2 ** 20), Buffer.alloc(2 ** 20), '.']],
    ['a float of letters', ['Fx\n.']],
    ['a string that is not UTF-8', ['X', uint32(1), 0xff, '.']],
    ['a character beyond Unicode', ['V\\Uffffffff\n.']],
    ['just a number', ['K\x01.']],
    ['a list', ['].']],
    ['a snapshot without state', [newObject('Snapshot'), '.']],
    [
      'traces without state',
      [newObject('Snapshot'), '}', text8('traces'), newObject('_Traces'), 'sb.'],
    ],
  ])('%s is corrupt', (_, parts) => {
    expect(errorOf(pickle(...parts)).code).toBe('corrupt');
  });

  test('a protocol of the future', () => {
    expect(errorOf(Uint8Array.of(0x80, 6))).toEqual({
      code: 'unsupported-version',
      message: 'unsupported-version pickle: protocol 6 is not supported: 0 to 5 are (at byte 0)',
      offset: 0,
    });
  });
});

describe('lengths that the file does not have', () => {
  test.each<[string, Part[]]>([
    ['BINUNICODE', ['X', uint32(2 ** 31)]],
    ['BINUNICODE8', [0x8d, uint32(0), uint32(2 ** 21)]],
    ['BINBYTES8', [0x8e, uint32(0xffffffff), uint32(0xffffffff)]],
    ['LONG1', [0x8a, 255, 1]],
    ['GLOBAL without end', ['ctracemalloc']],
  ])('%s', (_, parts) => {
    expect(errorOf(pickle(...parts)).code).toBe('truncated');
  });
});

describe('traces that are none', () => {
  const bigSize = pickle('(K', 0, 0x8a, 9, [0, 0, 0, 0, 0, 0, 0, 0, 1], frame, 0x85, 'K', 1, 't');

  test.each<[string, Part[]]>([
    ['no list', ['K', 1]],
    ['a number', [']K', 1, 'a']],
    ['two fields', [']K', 1, 'K', 2, 0x86, 'a']],
    ['frames that are a number', [']K', 0, 'K', 1, 'K', 2, 0x87, 'a']],
    ['a frame that is a number', [']K', 0, 'K', 1, 'K', 2, 0x85, 0x87, 'a']],
    ['a file name that is a number', [']K', 0, 'K', 1, 'K', 2, 'K', 2, 0x86, 0x85, 0x87, 'a']],
    ['a negative size', [']K', 0, 'J', uint32(0xffffffff), frame, 0x85, 0x87, 'a']],
    ['a domain above uint32', [']', 0x8a, 5, [0, 0, 0, 0, 1], 'K', 1, frame, 0x85, 0x87, 'a']],
    ['a fraction', [']K', 0, 'F1.5\n', frame, 0x85, 0x87, 'a']],
    ['itself', [']', 0x94, 'h', 0, 'a']],
  ])('%s', (_, traces) => {
    expect(errorOf(snapshotPickle(traces)).code).toBe('corrupt');
  });

  test('a size that no number holds is named', () => {
    expect(() => loadPickle(snapshotPickle([']', bigSize, 'a']))).toThrow(
      new RangeError(
        'the size of trace 0 must be an integer in 0..9007199254740991, got 18446744073709551616',
      ),
    );
  });
});

describe('bombs', () => {
  const attribute = (...value: Part[]) => snapshotPickle([']'], [text8('x'), ...value]);

  test.each<[string, Uint8Array]>([
    ['a list in a list, 300,000 deep', attribute(']'.repeat(3e5), 'a'.repeat(3e5 - 1))],
    ['a tuple in a tuple, 300,000 deep', attribute(')', Buffer.alloc(3e5, 0x85))],
    ['a list that holds itself', attribute(']', 0x94, 'h', 0, 'a')],
    ['a dict that holds itself', attribute('}', 0x94, 'K', 1, 'h', 0, 's')],
    [
      'two of two of two …',
      attribute(')', ...Array.from({ length: 60 }, () => ['2'.charCodeAt(0), 0x86])),
    ],
  ])('%s', (_, bytes) => {
    const before = process.cpuUsage();
    expect(errorOf(bytes).code).toBe('corrupt');
    expect(process.cpuUsage(before).user).toBeLessThan(1e6);
  });

  test('many totals of one long traceback', () => {
    const frames = pickle(
      '(',
      Buffer.concat(Array.from({ length: 20_000 }, () => 'h\x06').map((part) => Buffer.from(part))),
      't',
      0x94,
    );
    const traces: Part[] = [']('];
    for (let total = 0; total < 5000; total++) {
      const head: Part[] = ['(K', 0, 'K', 1];
      // The frame and the frames are memo entries 6 and 7 (tracing the other strings before them).
      const frameOnce = total === 0 ? [frame, 0x94] : [];
      traces.push(
        ...head,
        ...(total === 0 ? [frameOnce[0]!, 'q\x06', '0', frames, 'q\x07'] : ['h\x07']),
      );
      traces.push('M', [total & 0xff, total >> 8], 't');
    }
    traces.push('e');
    const before = process.cpuUsage();
    expect(errorOf(snapshotPickle(traces)).code).toBe('too-large');
    expect(process.cpuUsage(before).user).toBeLessThan(1e6);
  });

  test('many totals of one traceback take time in proportion to their number', () => {
    const total = (number: number): Part[] => ['J', uint32(number), 't'];
    const first = pickle('(K', 0, 'K', 1, frame, 0x85, 'q\x07', ...total(0));
    const more = Array.from({ length: 60_000 }, (_, i) => {
      return pickle('(K', 0, 'K', 1, 'h\x07', ...total(i + 1));
    });
    // What stands before has no memo entries of its own.
    const entries = pickle(...Array.from({ length: 7 }, (_, i) => `q${String.fromCharCode(i)}`));
    const bytes = snapshotPickle([']', entries, '(', first, Buffer.concat(more), 'e']);
    const before = process.cpuUsage();
    expect(loadPickle(bytes).data.tracebacks.length).toBe(60_002);
    expect(process.cpuUsage(before).user).toBeLessThan(1e6);
  });

  test('memo numbers far apart', () => {
    const puts = Array.from({ length: 1000 }, (_, row) => pickle('r', uint32(2 ** 32 - 1 - row)));
    const bytes = pickle('K\x01', ...puts, '0', snapshotPickle([']', trace, 'a']).subarray(2));
    expect(loadPickle(bytes).traces.length).toBe(1);
  });
});

test('values that take more memory than is allowed are refused early', () => {
  const bomb = pickle([0x80, 4], '(', Buffer.alloc(1e6, 'N'), 't.');
  expect(() => loadPickle(bomb, { maxBytes: 1e6 })).toThrow(
    'too-large pickle: its values take more than 1000000 bytes of memory (maxBytes)',
  );
  expect(errorOf(bomb).code).toBe('corrupt');
});
