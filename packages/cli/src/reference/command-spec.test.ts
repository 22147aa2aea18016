import { Command } from 'commander';
import { expect, test } from 'vitest';
import { oneOf } from '../flags/choice.ts';
import { allCommands, specOf } from './command-spec.ts';

const tree = () => {
  const below = new Command('below')
    .description('does it')
    .argument('<file...>', 'what to read')
    .addOption(oneOf('-m, --mode <mode>', 'how', ['a', 'b']))
    .option('-i, --interface <name>', 'where')
    .option('--to <dir>', 'whither')
    .option('--no-state', 'without')
    .addHelpText('after', '\nTwo lines\nof one.\n\nAnother.\n\nExamples:\n  x below a\n  x below b   why');
  return new Command('x').description('all').addCommand(below);
};

test('a tree as plain data', () => {
  const [program, below] = allCommands(specOf(tree()));
  expect(program).toMatchObject({ path: ['x'], description: 'all', notes: [], examples: [] });
  expect(below).toEqual({
    path: ['x', 'below'],
    usage: 'x below [options] <file...>',
    description: 'does it',
    arguments: [{ term: '<file...>', description: 'what to read', offer: { kind: 'file' } }],
    flags: [
      { names: ['-m', '--mode'], value: '<mode>', description: 'how', offer: { kind: 'words', words: ['a', 'b'] } },
      { names: ['-i', '--interface'], value: '<name>', description: 'where', offer: { kind: 'interface' } },
      { names: ['--to'], value: '<dir>', description: 'whither', offer: { kind: 'folder' } },
      { names: ['--no-state'], value: undefined, description: 'without', offer: { kind: 'text' } },
      { names: ['-h', '--help'], value: undefined, description: 'display help for command', offer: { kind: 'text' } },
    ],
    notes: ['Two lines of one.', 'Another.'],
    examples: ['x below a', 'x below b   why'],
    commands: [],
  });
});

test('it changes nothing of the tree', () => {
  const made = tree();
  const before = made.commands[0]!.helpInformation();
  expect(specOf(made)).toEqual(specOf(made));
  expect(made.commands[0]!.helpInformation()).toBe(before);
});
