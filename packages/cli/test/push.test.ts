import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from '@tracemalloc/core/codec';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { decodeOtlp, stacksOf } from '../../formats/test/otlp/decode-otlp.ts';
import { readPprof } from '../../formats/test/readers.ts';
import { smallSnapshot } from '../../formats/test/small-snapshot.ts';
import { tracemallocIn } from './command.ts';

type Answer = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
};
type Received = {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

let server: Server;
let origin: string;
let folder: string;
let received: Received[];
let answers: (Answer | 'none')[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-push-'));
  const snapshot = smallSnapshot().withMetadata({ time: 1_767_571_200_000 });
  writeFileSync(join(folder, 'app.tm'), dump(snapshot));
  writeFileSync(join(folder, 'token'), 's3cret\n');
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    received.push({ url: request.url!, headers: request.headers, body: Buffer.concat(pieces) });
    const answer = answers.shift() ?? { status: 200, text: '{}' };
    if (answer === 'none') response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  received = [];
  answers = [];
});

const push = (...args: string[]) => tracemallocIn(folder, ['push', ...args, 'app.tm']);
const soon = { 'retry-after': '0' };

test('an OTLP server gets profiles that its proto reads, with the token of the file', async () => {
  const { status, stderr } = await push(
    ...[
      '--url',
      `${origin}/v1development/profiles`,
      '--token-file',
      'token',
      '--service',
      'editor',
    ],
  );
  expect(stderr).toMatch(
    /^Sent \d+ bytes of application\/x-protobuf to 127\.0\.0\.1:\d+, which answers 200\n$/,
  );
  expect([status, received.length, received[0]!.url]).toEqual([0, 1, '/v1development/profiles']);
  expect(received[0]!.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    authorization: 'Bearer s3cret',
  });
  const data = decodeOtlp(received[0]!.body);
  expect(stacksOf(data).map(([, bytes]) => bytes)).toEqual([100, 1000, 28]);
  const [{ resource, scopeProfiles }] = data['resourceProfiles'];
  expect(resource.attributes[0].value).toEqual({ stringValue: 'editor' });
  expect(scopeProfiles[0].profiles[0].timeUnixNano).toBe('1767571200000000000');
});

test('JSON is sent as JSON, and profiles that are refused are an error', async () => {
  const args = ['--as', 'otlp-json', '--url', `${origin}/v1/profiles`];
  expect((await push(...args)).status).toBe(0);
  expect(received[0]!.headers['content-type']).toBe('application/json');
  expect(JSON.parse(received[0]!.body.toString())).toHaveProperty('dictionary.stackTable');
  answers = [{ status: 200, text: '{"partialSuccess":{"rejectedProfiles":"8"}}' }];
  expect(await push(...args)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('the server refuses 8 profiles'),
  });
});

test('Pyroscope gets pprof, and the name with its labels in the query', async () => {
  const { status } = await push(
    ...['--as', 'pyroscope', '--url', `${origin}/ingest`, '--service', 'app'],
    ...['--tag', 'host=a b', '--tag', 'release=1.1', '--seconds', '30'],
  );
  expect(status).toBe(0);
  const { pathname, searchParams } = new URL(received[0]!.url, origin);
  expect([pathname, Object.fromEntries(searchParams)]).toEqual([
    '/ingest',
    { name: 'app{host=a b,release=1.1}', format: 'pprof', from: '1767571170', until: '1767571200' },
  ]);
  const { sampleType, stringTable } = readPprof(received[0]!.body);
  expect(sampleType.map(({ type }) => stringTable.strings[Number(type)])).toContain('inuse_space');
});

test('what may pass is tried again, as often as it is allowed, and says so', async () => {
  const args = ['--url', `${origin}/p`];
  answers = [
    { status: 503, headers: soon, text: 'busy' },
    { status: 429, headers: soon },
  ];
  const { status, stderr } = await push(...args);
  expect([status, received.length]).toEqual([0, 3]);
  expect(stderr).toContain('the server answers 503: busy; again in 0 s\n');
  answers = [
    { status: 503, headers: soon },
    { status: 503, headers: soon },
  ];
  expect(await push(...args, '--retries', '1')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/can't push to 127.*answers 503: {2}?\(tried 2 times\)\n$/),
  });
  answers = ['none'];
  expect((await push(...args, '--retries', '0')).stderr).toContain('no answer: ');
});

test.each([
  ['a refusal', { status: 401, text: 'who are you?' }, 'the server answers 401: who are you?'],
  [
    'a redirection, which could take the token elsewhere',
    { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
    'the server answers 307',
  ],
])('%s is not tried again', async (_, answer, text) => {
  answers = [answer as Answer];
  const { status, stderr } = await push('--url', `${origin}/p`);
  expect([status, received.length]).toEqual([1, 1]);
  expect(stderr).toContain(text);
});

test('a dry run says what would be sent, and sends nothing', async () => {
  const { status, stdout } = await push(
    '--dry-run',
    '--url',
    `${origin}/p`,
    '--token-file',
    'token',
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^POST http:\/\/127\.0\.0\.1:\d+\/p\n\d+ bytes of application\/x-protobuf, with a token\n$/,
  );
  expect(received).toEqual([]);
});

test.each([
  [['--url', 'ftp://a/b'], "--url must be an http: or https: URL, got 'ftp://a/b'"],
  [['--url', 'http://a.example/b', '--token-file', 'token'], 'a token is sent over https:'],
  [['--url', 'http://localhost/b', '--tag', 'a={}'], 'It must be NAME=VALUE'],
])('%j is refused before anything is read', async (args, text) => {
  const { status, stderr } = await push(...args);
  expect([status, stderr]).toEqual([2, expect.stringContaining(text)]);
});
