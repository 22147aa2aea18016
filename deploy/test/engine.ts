import { command, repositoryFile, type CommandOptions, type CommandResult } from '@scanward/testkit';

/** What the tests' podman is told of machines that have no systemd, and limits of their own. */
const env = { CONTAINERS_CONF: repositoryFile('deploy/test/containers.conf') };

/** `make container-test` builds it. */
export const IMAGE = 'localhost/scanward:latest';

/** Runs podman to its end. */
export const podman = (args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> =>
  command('podman', args, { ...options, env });

/** The words that start a verb of the Makefile; of the make that runs the tests it knows nothing. */
export const verb = (name: string, variables: Readonly<Record<string, string>>): [string, string[]] => {
  const settings = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  const words = ['-u', 'MAKEFLAGS', '-u', 'MAKELEVEL', 'LC_ALL=C', `CONTAINERS_CONF=${env.CONTAINERS_CONF}`];
  return ['env', [...words, 'make', '-s', '-C', repositoryFile('.'), name, ...settings]];
};
