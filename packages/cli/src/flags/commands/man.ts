import { Command } from 'commander';
import { nearest } from '../../nearest.ts';
import { specOf } from '../../reference/command-spec.ts';
import { manPages } from '../../reference/man/man-pages.ts';
import { path } from '../instance-flags.ts';
import { single, usage } from '../option.ts';

import type { Take } from '../request.ts';

interface Given {
  readonly to?: string;
}

/** `scanward man`; `tree` makes all commands anew. */
export function manCommand(take: Take, tree: () => Command, version: string): Command {
  return new Command('man')
    .description("print the manual page of a command, or the program's, as roff")
    .argument('[command...]', 'the command, as in scanward man allow add')
    .addOption(single('--to <dir>', 'write all pages into this folder, which is made where it is missing', path))
    .addHelpText('after', examples)
    .action((words: string[], given: Given) => {
      const pages = manPages(specOf(tree()), version);
      if (given.to !== undefined) {
        if (words.length > 0) throw usage('--to', 'it writes all pages: leave out the command');
        take({ command: 'write', folder: given.to, files: pages.map(({ file, text }) => ({ name: file, text })) });
        return;
      }
      const name = ['scanward', ...words].join('-');
      const page = pages.find(({ file }) => file === `${name}.8`);
      if (!page)
        throw noSuchPage(
          words,
          pages.map(({ file }) => file),
        );
      take({ command: 'print', text: page.text });
    });
}

function noSuchPage(words: readonly string[], files: readonly string[]): Error {
  const names = files.map((file) => file.replace(/^scanward-?|\.8$/g, '').replaceAll('-', ' '));
  const near = nearest(words.join(' '), names);
  return usage('command', `there is no ${words.join(' ')}: ${near ? `did you mean ${near}?` : 'see scanward --help'}`);
}

const examples = `
Examples:
  scanward man run | man -l -
  sudo scanward man --to /usr/local/share/man/man8`;
