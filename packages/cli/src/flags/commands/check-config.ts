import { Command } from 'commander';
import { settingsOf } from '../../configuration/setting.ts';
import { effective } from '../effective.ts';
import type { Take } from '../request.ts';
import { withRunFlags } from './run.ts';
import { runOptionsOf } from './run-given.ts';

/** `scanward check-config`. */
export function checkConfigCommand(take: Take): Command {
  const command = new Command('check-config').description('print what run would do, and where each value comes from');
  return withRunFlags(command)
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', examples)
    .action(({ json }: { json?: boolean }) => {
      const values = effective(runOptionsOf(command));
      const lines = settingsOf(command).map(({ key, attribute }) => {
        const value = values[key];
        const source = sourceOf(command.getOptionValueSource(attribute));
        return json ? JSON.stringify({ key, value: value ?? null, source }) : yamlLine(key, value, source);
      });
      take({ command: 'print', text: `${lines.join('\n')}\n` });
    });
}

const sourceOf = (source: string | undefined): string => {
  if (source === 'cli') return 'flag';
  return source ?? 'default';
};

/** A line of a configuration that says the same. What has no value, and so cannot be written, is a comment. */
function yamlLine(key: string, value: string | boolean | readonly string[] | undefined, source: string): string {
  const written = typeof value === 'object' ? `[${value.map(quoted).join(', ')}]` : quoted(value ?? '');
  const line = value === undefined ? `# ${key}:` : `${key}: ${written}`;
  return `${line.padEnd(35)} # ${source}`;
}

/** Quoted where YAML would take it for something else. */
function quoted(value: string | boolean): string {
  if (typeof value === 'boolean') return String(value);
  return /^[A-Za-z0-9/][A-Za-z0-9/._=@-]*$/.test(value) && !/^(?:true|false|null|~)$/i.test(value)
    ? value
    : JSON.stringify(value);
}

const examples = `
Exit code 2: something in it cannot be taken; each problem is a line on stderr.

Examples:
  scanward check-config
  scanward check-config --config new.yaml
  scanward check-config --json | jq -r 'select(.source != "default").key'`;
