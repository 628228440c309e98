import type { Command } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { addExamples, portOption } from '../options.ts';
import { reason } from '../reason.ts';

type LiveOptions = { readonly json?: boolean; readonly listen?: number };

/** What is shown, and how. */
type Shown = {
  /** Where updates are read. */
  readonly url: string;
  readonly title: string;
  readonly waiting: string;
  /** Whether another program is waited for when one has ended. */
  readonly goesOn: boolean;
};

export function register(program: Command, context: Context): void {
  const command = program
    .command('live')
    .description('show what lives in a program that goes on, and says where it can be seen')
    .argument('[address]', 'http://127.0.0.1:9000/?token=…, as run --live-port printed it')
    .option(
      '--listen <port>',
      'wait for programs that call connectLive(tracer, url), such as pages; 0 = any free port of this machine',
      portOption,
    )
    .option('--json', 'print each update as a line of JSON');
  command.addHelpText(
    'after',
    `
Keys: t total, o own, a blocks sort; ←→ label, m all labels; ↑↓ scroll; space pauses; b sets a baseline,
so that figures are differences; / filters; q quits, and the program goes on.`,
  );
  addExamples(command, [
    ['tracemalloc run --live-port 9000 app.py', 'in one terminal, and in another one:'],
    ["tracemalloc live 'http://127.0.0.1:9000/?token=…'", 'as often as you like'],
    ['tracemalloc live --listen 9000', 'for a page that calls connectLive(tracer, url)'],
    ["tracemalloc live --json 'http://…' | jq .current", 'for programs'],
  ]);
  command.action((address: string | undefined, options: LiveOptions) =>
    live(address, options, context),
  );
}

async function live(
  address: string | undefined,
  { json = false, listen }: LiveOptions,
  { io }: Context,
): Promise<void> {
  if ((address === undefined) === (listen === undefined)) {
    throw new CliError(
      exitStatus.usage,
      'live needs an address that run --live-port printed, or --listen PORT, and not both',
    );
  }
  if (address !== undefined) checkAddress(address);
  if (!json && !(io.stdinIsTerminal && io.stdoutIsTerminal)) {
    throw new CliError(
      exitStatus.usage,
      'live needs a terminal for its keys: use --json elsewhere',
    );
  }
  const shown = address === undefined ? await listened(listen!) : attached(address);
  if (json && listen !== undefined) io.stderr(`tracemalloc: ${shown.title}\n`);
  try {
    await (json ? print(shown, io) : show(shown, io));
  } catch (error) {
    const cause = (error as Error).cause;
    throw new CliError(
      exitStatus.error,
      `${new URL(shown.url).host} can't be watched: ${reason(cause instanceof Error ? cause : error)}`,
    );
  }
}

function checkAddress(address: string): void {
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return;
  throw new CliError(
    exitStatus.usage,
    `the address must be one that run --live-port printed, such as http://127.0.0.1:9000/?token=…, got '${address}'`,
  );
}

function attached(url: string): Shown {
  return { url, title: new URL(url).host, waiting: 'waiting for an update …', goesOn: false };
}

async function listened(port: number): Promise<Shown> {
  const { receiveLive } = await import('@tracemalloc/report/live/node');
  try {
    const { url } = await receiveLive({ port });
    const title = `connectLive(tracer, '${url.replace(/^http/, 'ws')}')`;
    return { url, title, waiting: 'waiting for a program that connects …', goesOn: true };
  } catch (error) {
    throw new CliError(exitStatus.error, reason(error));
  }
}

async function print({ url, goesOn }: Shown, io: Context['io']): Promise<void> {
  const { readUpdates } = await import('../live/read-updates.ts');
  const onUpdate = (update: object): void => io.stdout(`${JSON.stringify(update)}\n`);
  const { signal } = new AbortController();
  do await readUpdates(url, { label: null, onUpdate, signal });
  while (goesOn);
}

async function show(shown: Shown, io: Context['io']): Promise<void> {
  const { showLive } = await import('../live/live-view.ts');
  await showLive({ ...shown, leaving: 'q quits', color: io.env['NO_COLOR'] === undefined });
  // What is still connected would keep the process.
  if (shown.goesOn) io.exit(exitStatus.ok);
}
