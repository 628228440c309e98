import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from '../options.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export function register(program: Command, { io }: Context): void {
  const command = program
    .command('completion')
    .description('print a script that completes commands, options and files in a shell')
    .addArgument(new Argument('<shell>').choices([...shells]));
  addExamples(command, [
    ['tracemalloc completion bash >> ~/.bashrc', 'or: source <(tracemalloc completion bash)'],
    ['tracemalloc completion zsh > ~/.zfunc/_tracemalloc', 'a folder of $fpath'],
    ['tracemalloc completion fish > ~/.config/fish/completions/tracemalloc.fish', ''],
  ]);
  command.action(async (shell: (typeof shells)[number]) => {
    const { completionScript } = await import('../completion.ts');
    io.stdout(completionScript(shell, program));
  });
}
