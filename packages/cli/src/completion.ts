import type { Command, Option } from 'commander';

type Flag = {
  /** `-n` and `--limit`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
};

type CommandWords = {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Words that its argument can be; none = files. */
  readonly choices: readonly string[];
};

/** A completion script, made from the commands as they are. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', program: Command): string {
  const commands = program.commands.map(wordsOf);
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
    name: command.name(),
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
  const perCommand = commands.map(({ name: command, flags, choices }) => {
    const values = flags
      .filter((flag) => flag.choices.length > 0)
      .map(
        (flag) =>
          `        ${flag.names.join('|')}) COMPREPLY=($(compgen -W '${flag.choices.join(' ')}' -- "$word")); return ;;\n`,
      );
    const free = flags.filter((flag) => flag.takesValue && flag.choices.length === 0);
    const files = free.flatMap((flag) => flag.names).join('|');
    const wordsAndFiles = choices.length > 0 ? `compgen -W '${choices.join(' ')}'` : 'compgen -f';
    return `    ${command})
      case "$previous" in
${values.join('')}${files === '' ? '' : `        ${files}) COMPREPLY=($(compgen -f -- "$word")); return ;;\n`}      esac
      case "$word" in
        -*) COMPREPLY=($(compgen -W '${flags.flatMap((flag) => flag.names).join(' ')}' -- "$word")) ;;
        *) COMPREPLY=($(${wordsAndFiles} -- "$word")) ;;
      esac ;;
`;
  });
  const names = commands.map((command) => command.name).join(' ');
  return `# ${name} completion for bash
_${name}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local IFS=$' \\t\\n'
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names} help --version --help' -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
    help) COMPREPLY=($(compgen -W '${names}' -- "$word")) ;;
${perCommand.join('')}  esac
}
complete -o filenames -F _${name} ${name}
`;
}

function zsh(name: string, commands: readonly CommandWords[]): string {
  const list = commands.map(
    (command) => `    ${quoted(`${command.name}:${command.description}`)}\n`,
  );
  const perCommand = commands.map(({ name: command, flags, choices }) => {
    const specs = flags.flatMap((flag) => flag.names.map((word) => zshSpec(word, flag)));
    const rest = choices.length > 0 ? `'*:value:(${choices.join(' ')})'` : `'*:file:_files'`;
    const lines = [...specs, rest].map((spec) => `        ${spec}`);
    return `    ${command})\n      _arguments \\\n${lines.join(' \\\n')} ;;\n`;
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
  return quoted(`*${word}[${text}]:value:${action}`);
}

function fish(name: string, commands: readonly CommandWords[]): string {
  const lines = [`# ${name} completion for fish`];
  for (const command of commands) {
    lines.push(
      `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.description)}`,
    );
    const when = `-n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    for (const flag of command.flags) lines.push(`complete -c ${name} ${when} ${fishFlag(flag)}`);
    if (command.choices.length > 0) {
      lines.push(`complete -c ${name} ${when} -f -a ${quoted(command.choices.join(' '))}`);
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
