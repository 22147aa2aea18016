import { expect, test } from 'vitest';
import { fakeSystem } from '../../test/fake-system.ts';
import { ExitCode } from '../exit-codes.ts';
import { parseArguments } from '../flags/program.ts';
import { OperatorError } from '../operator-error.ts';
import { run } from '../run.ts';

const options = () => {
  const request = parseArguments(['run', '-i', 'eth0', '--no-pin'], '1.2.3');
  if (request.command !== 'run') throw new Error('not run');
  return request.options;
};

test('listeners are closed when all is told, and when the start fails', async () => {
  const fake = fakeSystem();
  const running = run(options(), fake.host, fake.system);
  await expect.poll(() => fake.stderr.text).toContain('attached to eth0');
  expect(fake.listenersClosed).toBe(0);
  fake.signal('SIGTERM');
  await running;
  expect(fake.listenersClosed).toBe(1);

  const refused = fakeSystem();
  refused.refusals.set('eth0', new Error('attach refused'));
  await expect(run(options(), refused.host, refused.system)).rejects.toThrow('attach refused');
  expect(refused.listenersClosed).toBe(1);
});

test('where there can be no listeners nothing is attached', async () => {
  const fake = fakeSystem();
  fake.listenError = new OperatorError(ExitCode.busy, 'telling events at /x', 'another daemon listens there');
  await expect(run(options(), fake.host, fake.system)).rejects.toMatchObject({ exitCode: 10 });
  expect(fake.done).toEqual(['load', 'close']);
});
