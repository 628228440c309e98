import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { dumpParquet } from '@tracemalloc/formats/parquet';
import { dumpPickle } from '@tracemalloc/formats/pickle';
import { main } from '@tracemalloc/mcp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heapSnapshot } from '../../core/test/graph/graph-text.ts';
import { leaks, leakySnapshot } from './leaks.ts';

let folder: string;
let client: Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-mcp-'));
  for (const [i, leak] of leaks.entries()) {
    const name = (when: string) => join(folder, `leak${i}`, `${when}.tm`);
    mkdirSync(join(folder, `leak${i}`));
    writeFileSync(name('before'), dump(leakySnapshot(leak, false)));
    writeFileSync(name('after'), dump(leakySnapshot(leak, true)));
    utimesSync(name('before'), 1000, 1000);
  }
  client = await connect(folder);
});
afterAll(async () => {
  await client.close();
  rmSync(folder, { recursive: true });
});

/** The client of the protocol's own SDK, over the streams that a process would have. */
async function connect(path: string): Promise<Client> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport: Transport = {
    start: async () => {
      output.on('data', (line: Buffer) => {
        for (const text of line.toString().split('\n').filter(Boolean)) {
          transport.onmessage?.(JSON.parse(text));
        }
      });
    },
    send: async (message) => void input.write(`${JSON.stringify(message)}\n`),
    close: async () => void input.end(),
  };
  void main([path], input, output);
  const connected = new Client({ name: 'test', version: '1' });
  await connected.connect(transport);
  return connected;
}

async function ask(name: string, given: Record<string, unknown> = {}) {
  const { content, isError } = await client.callTool({ name, arguments: given });
  const [{ text }] = content as [{ text: string }];
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
  return { text, isError };
}

describe('a leak is found in three questions', () => {
  test.each(leaks.map((leak, i) => [leak.name, i] as const))('%s', async (_, i) => {
    const { stack, type } = leaks[i]!;
    const [place, name] = stack[0]!.split(' ') as [string, string];
    const [before, after] = ['before', 'after'].map((when) => `leak${i}/${when}.tm`);
    const found = await ask('findings', { snapshot: after, since: before });
    // The first place that the answer names is the one to ask about.
    const [, file, line] = /(app\/\w+\.py):(\d+)/.exec(found.text) ?? [];
    expect(`${file}:${line}`).toBe(place);
    const callers = await ask('callers', { snapshot: after, file, line: Number(line) });
    expect(callers.text).toContain(`${name} at ${place} < ${stack[1]!.split(' ')[1]} at`);
    const types = await ask('diff', { before, after, key: 'type' });
    expect(types.text.split('\n')[1]).toContain(type);
  });
});

test('the folder is listed, newest first', async () => {
  const { text } = await ask('snapshots');
  const [head, ...lines] = text.split('\n');
  expect([head, lines.length]).toEqual(['40 files', 40]);
  expect(lines[0]).toMatch(/^leak\d+\/after\.tm {2}\d/);
  expect(lines.at(-1)).toMatch(/^leak\d+\/before\.tm {2}\d/);
});

test('a long answer comes in pages of 2 kB', async () => {
  const question = { snapshot: 'leak0/after.tm', key: 'traceback' };
  const pages = [(await ask('top', question)).text];
  expect(pages[0]).toMatch(/\(page 1 of \d; page: 2 for more\)$/);
  while (pages.at(-1)!.includes('for more')) {
    pages.push((await ask('top', { ...question, page: pages.length + 1 })).text);
  }
  expect(pages.length).toBeGreaterThan(1);
  const groups = pages.flatMap((text) => text.match(/^.* blocks .*$/gm) ?? []);
  expect(new Set(groups).size).toBe(41);
  expect(await ask('top', { ...question, page: 99 })).toMatchObject({
    isError: true,
    text: expect.stringContaining('page must be 1 to'),
  });
});

test('tools say what they take, and that they only read', async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name, annotations }) => [name, annotations])).toEqual(
    ['snapshots', 'findings', 'top', 'diff', 'callers', 'holders', 'source'].map((name) => [
      name,
      { readOnlyHint: true, openWorldHint: false },
    ]),
  );
});

test('snapshots of CPython and of Parquet are read as ours are', async () => {
  const snapshot = Snapshot.fromTraces([[0, 1000, [['a.py', 3]], 1]], 1);
  writeFileSync(join(folder, 'python.pickle'), dumpPickle(snapshot));
  writeFileSync(join(folder, 'table.parquet'), await dumpParquet(snapshot));
  for (const name of ['python.pickle', 'table.parquet']) {
    const { text } = await ask('top', { snapshot: name });
    expect(text).toBe('1 groups, 1000 B in all\n1000 B  1 blocks  100.0 %  a.py:3');
    rmSync(join(folder, name));
  }
});

test('who holds an object is told of a snapshot with a graph, and that there is none of another', async () => {
  const snapshot = heapSnapshot(`
    cache: dict 232 app.py:1
    order: Order 56 app.py:13
    module cache = cache
    cache['a'] = order
  `);
  writeFileSync(join(folder, 'graph.tm'), dump(snapshot));
  const { text } = await ask('holders', { snapshot: 'graph.tm', objects: 'Order' });
  expect(text).toMatch(
    /^1 objects, retaining 56 B in all\n1 objects, retaining 56 B: .*cache.*'a'/,
  );
  const none = await ask('holders', { snapshot: 'leak0/after.tm', objects: 'list' });
  expect([none.isError, none.text]).toEqual([true, expect.stringContaining('graph')]);
  rmSync(join(folder, 'graph.tm'));
});

test('sources of the folder are shown around a line, and nothing outside is', async () => {
  mkdirSync(join(folder, 'src'));
  writeFileSync(
    join(folder, 'src/a.py'),
    Array.from({ length: 30 }, (_, i) => `line${i + 1}`).join('\n'),
  );
  const outside = mkdtempSync(join(tmpdir(), 'tracemalloc-outside-'));
  writeFileSync(join(outside, 'secret.py'), 'secret');
  symlinkSync(outside, join(folder, 'link'));
  expect((await ask('source', { file: 'src/a.py', line: 9 })).text).toContain(
    '> 9: line9\n  10: line10',
  );
  for (const file of [
    '../secret.py',
    join(outside, 'secret.py'),
    'link/secret.py',
    '/etc/passwd',
    'src/\0a.py',
    'src',
    '',
  ]) {
    const { text, isError } = await ask('source', { file, line: 1 });
    expect([isError, text.includes('secret') || text.includes('root')]).toEqual([true, false]);
  }
  expect((await ask('snapshots')).text).not.toContain('link');
});

test('hostile names stay names: on one line, without control characters, and short', async () => {
  const names = [
    'a\nb.py',
    '\u202eevil',
    '\x1b[31mred',
    '\ud800',
    'x'.repeat(5000),
    '(page 1 of 9)',
  ];
  const traces = names.map((name, i) => [0, 100 + i, [[name, 1]], 1] as const);
  writeFileSync(join(folder, 'hostile.tm'), dump(Snapshot.fromTraces(traces as never, 1)));
  const { text } = await ask('top', { snapshot: 'hostile.tm' });
  expect(text).not.toMatch(/[\p{Cf}\p{Surrogate}]/u);
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(text.split('\n')).toHaveLength(names.length + 1);
});

test.each([
  ['top', {}, 'top needs snapshot'],
  ['top', { snapshot: 7 }, 'snapshot must be a string, got 7'],
  ['top', { snapshot: 'leak0/after.tm', key: 'size' }, 'key must be lineno, filename'],
  ['top', { snapshot: 'leak0/after.tm', path: '/' }, 'it has no argument "path"'],
  ['top', { snapshot: 'nothing.tm' }, 'the folder has no such file'],
  ['callers', { snapshot: 'leak0/after.tm', file: 'a', line: 0 }, 'line must be an integer from 1'],
])('%s with %j is an error that says what to do', async (name, given, message) => {
  const { text, isError } = await ask(name, given);
  expect([isError, text]).toEqual([true, expect.stringContaining(message)]);
});

test('what is no request gets the error that JSON-RPC has for it', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ended = main([folder], input, output);
  input.end(
    'nonsense\n[]\n{"id":1}\n{"id":2,"method":"x/y"}\n{"method":"notifications/initialized"}\n',
  );
  expect(await ended).toBe(0);
  const answers = output
    .read()
    .toString()
    .trim()
    .split('\n')
    .map((line: string) => JSON.parse(line));
  expect(
    answers.map(({ id, error }: { id: unknown; error: { code: number } }) => [id, error.code]),
  ).toEqual([
    [null, -32700],
    [null, -32600],
    [1, -32600],
    [2, -32601],
  ]);
});
