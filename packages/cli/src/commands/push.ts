import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { addExamples, addFilters, addSnapshots, type FilterOptions } from '../options.ts';
import { type Protocol, protocols } from '../push/protocols.ts';
import { reason } from '../reason.ts';
import { shownText } from '../shown-text.ts';

type Options = FilterOptions & {
  readonly url: string;
  readonly as: Protocol;
  readonly service: string;
  readonly tag: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly tokenFile?: string;
  readonly retries: number;
  readonly timeout: number;
  readonly dryRun?: boolean;
};

/** Names on which a token is not seen by others, whatever the protocol. */
const ownHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export function register(program: Command, context: Context): void {
  const command = program
    .command('push')
    .description(
      'send a snapshot to a server of profiles: OpenTelemetry (experimental) or Pyroscope',
    );
  addSnapshots(command)
    .requiredOption('--url <url>', 'where it takes profiles, with the path')
    .addOption(new Option('--as <protocol>', 'what it speaks').choices(protocols).default('otlp'))
    .option('--service <name>', 'what the profiles are found by', 'tracemalloc')
    .option('--tag <name=value>', "one of Pyroscope's labels", collectTag, {})
    .option('--seconds <n>', 'how long the snapshot stands for (Pyroscope)', count, 60)
    .option('--token-file <file>', 'whose text is sent as bearer token')
    .option('--retries <n>', 'tries after the first, where trying again may help', count, 3)
    .option('--timeout <seconds>', 'of one try', count, 30)
    .option('--dry-run', 'say what would be sent, and send nothing');
  addFilters(command);
  addExamples(command, [
    [
      'tracemalloc push --url https://collector:4318/v1development/profiles app.tm',
      'OpenTelemetry',
    ],
    [
      'tracemalloc push --as pyroscope --service app --tag host=a --url http://localhost:4040/ingest app.tm',
      '',
    ],
    ['tracemalloc push --dry-run --url http://localhost:4318/v1development/profiles app.tm', ''],
  ]);
  command.action((paths: string[], options: Options) => push(paths, options, context));
}

async function push(paths: readonly string[], options: Options, context: Context): Promise<void> {
  const { io } = context;
  const { as: protocol, service, seconds, retries, timeout } = options;
  const url = checkUrl(options.url);
  const token = options.tokenFile === undefined ? null : readToken(options.tokenFile, io.cwd);
  if (token !== null && url.protocol !== 'https:' && !ownHosts.includes(url.hostname)) {
    throw new CliError(
      exitStatus.usage,
      `a token is sent over https: or to this machine alone, and --url is ${url.protocol}//${url.host}`,
    );
  }
  const { openWhole } = await import('../inputs.ts');
  const { pushRequest } = await import('../push/push-request.ts');
  const { send } = await import('../push/send.ts');
  const snapshot = await openWhole(paths, options, context);
  const { time: own } = snapshot.metadata;
  const said = typeof own === 'string' ? Date.parse(own) : Number(own);
  const time = said > 0 && said < 2 ** 43 ? Math.trunc(said) : Date.now();
  const names = { service, labels: options.tag, time, seconds };
  const request = pushRequest(snapshot, url.href, protocol, names);
  const what = `${request.body.length} bytes of ${request.contentType}`;
  if (options.dryRun === true) {
    io.stdout(`POST ${request.url}\n${what}${token === null ? '' : ', with a token'}\n`);
    return;
  }
  try {
    const status = await send(request, {
      token,
      retries,
      timeoutMs: timeout * 1000,
      onRetry: (why, wait) => io.stderr(`tracemalloc: ${why}; again in ${wait / 1000} s\n`),
    });
    io.stderr(`Sent ${what} to ${url.host}, which answers ${status}\n`);
  } catch (error) {
    const text = await shownText(`can't push to ${url.host}: ${reason(error)}`);
    throw new CliError(exitStatus.error, text);
  }
}

function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CliError(exitStatus.usage, `--url must be an http: or https: URL, got '${text}'`);
}

function readToken(file: string, cwd: string): string {
  let token: string;
  try {
    token = readFileSync(resolve(cwd, file), 'utf8').trim();
  } catch (error) {
    throw new CliError(exitStatus.error, `can't read the token in ${file}: ${reason(error)}`);
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new CliError(exitStatus.error, `${file} holds no token: it must be one word of ASCII`);
}

function collectTag(
  text: string,
  earlier: Readonly<Record<string, string>>,
): Record<string, string> {
  const { name, value } = /^(?<name>[a-zA-Z_]\w*)=(?<value>[^{}=,]*)$/.exec(text)?.groups ?? {};
  if (name !== undefined && value !== undefined) return { ...earlier, [name]: value };
  throw new InvalidArgumentError('It must be NAME=VALUE, with no { } = , in the value.');
}

function count(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be an integer in 0..999999.');
}
