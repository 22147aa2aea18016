import { Argument, Command } from 'commander';
import { bashCompletion } from '../../reference/completion/bash.ts';
import { fishCompletion } from '../../reference/completion/fish.ts';
import { zshCompletion } from '../../reference/completion/zsh.ts';
import { type CommandSpec, specOf } from '../../reference/command-spec.ts';
import { parseChoice } from '../choice.ts';
import { positional } from '../option.ts';
import type { Take } from '../request.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const scripts: Readonly<Record<Shell, (program: CommandSpec) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};
const shells = Object.keys(scripts) as Shell[];

/** `scanward completion`; `tree` makes all commands anew. */
export function completionCommand(take: Take, tree: () => Command): Command {
  const shell: Argument = positional('<shell>', 'bash, zsh or fish', (text) => parseChoice(text, shells));
  shell.argChoices = shells;
  return new Command('completion')
    .description('print a script with which a shell completes commands, flags and values')
    .addArgument(shell)
    .addHelpText('after', examples)
    .action((asked: Shell) => {
      take({ command: 'print', text: scripts[asked](specOf(tree())) });
    });
}

const examples = `
Interfaces are those that there are; after unblock, who is blocked, for who may
ask that.

Examples:
  source <(scanward completion bash)
  scanward completion bash > /usr/share/bash-completion/completions/scanward
  scanward completion zsh > /usr/local/share/zsh/site-functions/_scanward
  scanward completion fish > ~/.config/fish/completions/scanward.fish`;
