import { Command } from 'commander';
import { expect, test } from 'vitest';
import { withRunFlags } from '../flags/commands/run.ts';
import { effective } from '../flags/effective.ts';
import { parseArguments } from '../flags/program.ts';
import { settingsOf, variableOf } from './setting.ts';
import { yamlEntries } from './yaml-file.ts';

const command = withRunFlags(new Command('run'));
const settings = settingsOf(command);

function run(file: string) {
  const request = parseArguments(['run', '--config', 'c.yaml'], '1.2.3', {
    environment: {},
    readConfig: (path) => (path === 'c.yaml' ? file : undefined),
  });
  if (request.command !== 'run') throw new Error('not run');
  return request.options;
}

const heading = `# Scanward's configuration: /etc/scanward/scanward.yaml, which belongs to root. Every flag of \`scanward run\` has a key; flags win
# over the environment (SCANWARD_THRESHOLD=5), and that over this file. Here stand all keys with their defaults.
#
#   scanward check-config              what is in force, and where each value comes from
#   systemctl reload scanward          takes it over (SIGHUP) without a packet unseen; what needs a restart is said
#
# Times are whole numbers with units (1m30s, 250ms). Where several values may stand, they stand in a list: [a, b].
`;

/** A comment of at most 120 columns. */
function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)!} ${word}`.length > 116) lines.push('');
    lines.push(`${lines.pop()!} ${word}`);
  }
  return lines.map((line) => `#${line}`).join('\n');
}

function example(): string {
  const values = effective(run(''));
  const blocks = settings.map(({ key, attribute }) => {
    const options = command.options.filter((option) => option.attributeName() === attribute);
    const says = options.map(({ description, negate }) => (negate ? `false: ${description}` : description));
    const value = values[key];
    const written = typeof value === 'object' ? `[${value.join(', ')}]` : value;
    return `${comment(says.join('; '))}\n#${key}:${written === undefined ? '' : ` ${written}`}\n`;
  });
  return [heading, ...blocks].join('\n');
}

test('all keys stand in the example, with their defaults', async () => {
  await expect(example()).toMatchFileSnapshot('../../../../deploy/scanward.yaml');
});

test('the defaults written out change nothing', () => {
  const file = example()
    .split('\n')
    .flatMap((line) => /^#([a-z0-9-]+: .+)$/.exec(line)?.[1] ?? [])
    .join('\n');
  expect(yamlEntries('x', file).length).toBeGreaterThan(25);
  expect(run(file)).toEqual(run(''));
});

test('keys and variables are unique', () => {
  expect(new Set(settings.map(({ key }) => key)).size).toBe(settings.length);
  expect(new Set(settings.map(variableOf)).size).toBe(settings.length);
});
