import type { Command, Option } from 'commander';

type Flag = {
  /** `-n` and `--limit`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
};

type CommandWords = {
  /** Its name and what else it is called. */
  readonly names: readonly string[];
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Words that its arguments can be; none = files. */
  readonly choices: readonly string[];
};

/** A completion script, made from the commands as they are. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', program: Command): string {
  const commands = program.commands.map(wordsOf);
  commands.push({
    names: ['help'],
    description: 'display help for a command',
    flags: [],
    choices: commands.flatMap(({ names }) => names),
  });
  const name = program.name();
  if (shell === 'bash') return bash(name, commands);
  return shell === 'zsh' ? zsh(name, commands) : fish(name, commands);
}

function wordsOf(command: Command): CommandWords {
  const help: Flag = {
    names: ['-h', '--help'],
    description: 'display help for command',
    takesValue: false,
    choices: [],
  };
  return {
    names: [command.name(), ...command.aliases()],
    description: command.description(),
    flags: [...command.options.map(flagOf), help],
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
}

function flagOf(option: Option): Flag {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

function bash(name: string, commands: readonly CommandWords[]): string {
  const offer = (words: readonly string[]) =>
    `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word"))`;
  const perCommand = commands.map(({ names, flags, choices }) => {
    const values = flags
      .filter((flag) => flag.choices.length > 0)
      .map((flag) => `        ${flag.names.join('|')}) ${offer(flag.choices)}; return ;;\n`);
    const free = flags.filter((flag) => flag.takesValue && flag.choices.length === 0);
    const files = free.flatMap((flag) => flag.names).join('|');
    return `    ${names.join('|')})
      case "$previous" in
${values.join('')}${files === '' ? '' : `        ${files}) return ;;\n`}      esac
      case "$word" in
        -*) ${offer(flags.flatMap((flag) => flag.names))} ;;
${choices.length === 0 ? '' : `        *) ${offer(choices)} ;;\n`}      esac ;;
`;
  });
  return `# ${name} completion for bash
_${name}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  # Of --key=type bash makes three words.
  if [ "$word" = = ]; then word=
  elif [ "$previous" = = ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  local IFS=$' \\t\\n'
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${offer([...commands.flatMap(({ names }) => names), '--version', '--help'])}
    return
  fi
  case "\${COMP_WORDS[1]}" in
${perCommand.join('')}  esac
}
# Where nothing is offered there are files.
complete -o default -F _${name} ${name}
`;
}

function zsh(name: string, commands: readonly CommandWords[]): string {
  const list = commands.flatMap(({ names, description }) =>
    names.map((word) => `    ${quoted(`${word}:${description}`)}\n`),
  );
  const perCommand = commands.map(({ names, flags, choices }) => {
    const specs = flags.flatMap((flag) => flag.names.map((word) => zshSpec(word, flag)));
    const rest = choices.length > 0 ? `'*:value:(${choices.join(' ')})'` : `'*:file:_files'`;
    const lines = [...specs, rest].map((spec) => `        ${spec}`);
    return `    ${names.join('|')})\n      _arguments \\\n${lines.join(' \\\n')} ;;\n`;
  });
  return `#compdef ${name}
_${name}() {
  local -a commands
  commands=(
${list.join('')}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${perCommand.join('')}  esac
}
if [ "$funcstack[1]" = _${name} ]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function zshSpec(word: string, { description, takesValue, choices }: Flag): string {
  const text = description.replace(/[[\]\\:]/g, '\\$&');
  if (!takesValue) return quoted(`${word}[${text}]`);
  const action = choices.length > 0 ? `(${choices.join(' ')})` : '_files';
  // With `=` a long option takes its value as its next word too.
  const sign = word.startsWith('--') ? '=' : '';
  return quoted(`*${word}${sign}[${text}]:value:${action}`);
}

function fish(name: string, commands: readonly CommandWords[]): string {
  const lines = [`# ${name} completion for fish`];
  const first = '-n __fish_use_subcommand';
  lines.push(
    `complete -c ${name} ${first} -l version -d 'output the version number'`,
    `complete -c ${name} ${first} -s h -l help -d 'display help for command'`,
  );
  for (const { names, description, flags, choices } of commands) {
    for (const word of names) {
      lines.push(`complete -c ${name} ${first} -f -a ${word} -d ${quoted(description)}`);
    }
    const when = `-n ${quoted(`__fish_seen_subcommand_from ${names.join(' ')}`)}`;
    for (const flag of flags) lines.push(`complete -c ${name} ${when} ${fishFlag(flag)}`);
    if (choices.length > 0) {
      lines.push(`complete -c ${name} ${when} -f -a ${quoted(choices.join(' '))}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function fishFlag({ names, description, takesValue, choices }: Flag): string {
  const words = names.map((word) =>
    word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`,
  );
  if (choices.length > 0) words.push(`-x -a ${quoted(choices.join(' '))}`);
  else if (takesValue) words.push('-r');
  return `${words.join(' ')} -d ${quoted(description)}`;
}

/** One word of a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
