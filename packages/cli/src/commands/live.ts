import type { Command } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { addExamples } from '../options.ts';
import { reason } from '../reason.ts';

export function register(program: Command, context: Context): void {
  const command = program
    .command('live')
    .description('show what lives in a run that goes on, as run --live-port prints its address')
    .argument('<address>', 'http://127.0.0.1:9000/?token=…, as it was printed')
    .option('--json', 'print each update as a line of JSON');
  command.addHelpText(
    'after',
    `
Keys: t total, o own, a blocks sort; ←→ label; space pauses; b sets a baseline, so that figures are
differences; / filters; q quits, and the program goes on.`,
  );
  addExamples(command, [
    ['tracemalloc run --live-port 9000 app.py', 'in one terminal, and in another one:'],
    ["tracemalloc live 'http://127.0.0.1:9000/?token=…'", 'as often as you like'],
    ["tracemalloc live --json 'http://…' | jq .current", 'for programs'],
  ]);
  command.action((address: string, options: { json?: boolean }) => live(address, options, context));
}

async function live(address: string, { json }: { json?: boolean }, { io }: Context): Promise<void> {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new CliError(
      exitStatus.usage,
      `the address must be one that run --live-port printed, such as http://127.0.0.1:9000/?token=…, got '${address}'`,
    );
  }
  if (json !== true && !(io.stdinIsTerminal && io.stdoutIsTerminal)) {
    throw new CliError(
      exitStatus.usage,
      'live needs a terminal for its keys: use --json elsewhere',
    );
  }
  try {
    if (json === true) {
      const { readUpdates } = await import('../live/read-updates.ts');
      const onUpdate = (update: object): void => io.stdout(`${JSON.stringify(update)}\n`);
      const { signal } = new AbortController();
      await readUpdates(address, { label: null, onUpdate, signal });
      return;
    }
    const { showLive } = await import('../live/live-view.ts');
    await showLive({
      url: address,
      title: new URL(address).host,
      color: io.env['NO_COLOR'] === undefined,
    });
  } catch (error) {
    const cause = (error as Error).cause;
    throw new CliError(
      exitStatus.error,
      `${new URL(address).host} can't be watched: ${reason(cause instanceof Error ? cause : error)}`,
    );
  }
}
