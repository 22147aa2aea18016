import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fakeSystem } from '../test/fake-system.ts';
import { effective } from './flags/effective.ts';
import { parseArguments } from './flags/program.ts';
import { OperatorError } from './operator-error.ts';
import { mergeReload } from './reload.ts';
import { run } from './run.ts';

const options = (line = '') => {
  const request = parseArguments(['run', ...line.split(' ').filter(Boolean)], '1.2.3');
  if (request.command !== 'run') throw new Error('not run');
  return request.options;
};
const merged = (before: string, after: string) => mergeReload(options(before), options(after), options(before));

describe('what is read anew', () => {
  test('is taken over, and said', () => {
    const { changes, waiting, options: now } = merged('', '-n 5 --window 2m --allow 192.0.2.0/24 --allow ::1');
    expect(changes).toEqual([
      'threshold 3 -> 5',
      'window 1m -> 2m',
      'window-limit 10m=6,1h=15,24h=40 -> 10m=10,1h=25,24h=67',
      'allow none -> 192.0.2.0/24,::1',
    ]);
    expect(waiting).toEqual([]);
    expect(now).toEqual(options('-n 5 --window 2m --allow 192.0.2.0/24 --allow ::1'));
  });

  test('waits for a restart where tables, pins or attachments are made for what is there', () => {
    const {
      changes,
      waiting,
      options: now,
    } = merged('', '-i eth1 --mode user --max-blocks 5 --no-state --ipv6-prefix 56');
    expect(changes).toEqual([]);
    expect(waiting).toEqual([
      'interface eth1 needs a restart: it stays none',
      'mode user needs a restart: it stays kernel',
      'ipv6-prefix 56 needs a restart: it stays 64',
      'max-blocks 5 needs a restart: it stays 65536',
      'state false needs a restart: it stays as usual',
    ]);
    expect(now).toEqual(options());
  });

  test.each([
    ['', '-n 31', 31],
    ['', '-n 32 --mode user', 3],
    ['--mode user', '-n 31 --mode user', 31],
    ['--mode user', '-n 32 --mode user', 3],
    ['--mode user -n 500', '-n 400 --mode user', 400],
    ['--mode user -n 500', '-n 501 --mode user', 500],
  ])('has a threshold for which there is room: %s, then %s: %i', (before, after, threshold) => {
    const result = merged(before, after);
    expect(result.options.threshold).toBe(threshold);
    expect(result.waiting.some((line) => line.startsWith('threshold'))).toBe(threshold !== options(after).threshold);
  });

  test('each key is taken over or waits', () => {
    const changed: Record<string, string> = {
      ...{ '-i': 'eth7', '-t': '2s', '-d': '2s', '-n': '9', '--window': '9s', '--window-limit': '2h=9' },
      ...{ '--address-limit': '2h=9', '--protect': '192.0.2.1', '--distributed-limit': '2h=9', '--evidence': 'closed' },
      ...{ '--mode': 'user', '--response': 'log', '--block-ttl': '9s', '--probation': '9s', '--max-new-blocks': '9' },
      ...{
        '--allow': '192.0.2.1',
        '--ipv6-prefix': '56',
        '--max-sources': '8',
        '--max-blocks': '8',
        '--xdp': 'generic',
      },
      ...{ '--format': 'json', '--object': '/x', '--name': 'b', '--bpffs': '/b', '--state': '/s' },
      ...{
        '--allow-list': '/a',
        '--block-list': '/b',
        '--max-nets': '8',
        '--metrics': 'off',
        '--max-connection-lines': '8',
        '--events': '/e',
        '--user': 'nobody',
        '--no-keep-established': '',
        '--no-allow-gateway': '',
        '--replace': '',
        '--no-pin': '',
        '--keep-on-exit': '',
      },
    };
    for (const [flag, value] of Object.entries(changed)) {
      const { changes, waiting } = merged('', `${flag} ${value}`);
      expect(changes.length + waiting.length, flag).toBeGreaterThan(0);
    }
    const live = Object.entries(changed).filter(([flag, value]) => merged('', `${flag} ${value}`).waiting.length === 0);
    expect(live.map(([flag]) => flag)).toEqual([
      ...['-t', '-d', '-n', '--window', '--window-limit', '--address-limit', '--protect', '--distributed-limit'],
      ...['--evidence', '--response', '--block-ttl', '--probation', '--max-new-blocks', '--allow'],
      ...['--allow-list', '--block-list', '--no-keep-established', '--no-allow-gateway', '--keep-on-exit'],
    ]);
    expect(Object.keys(changed)).toHaveLength(Object.keys(effective(options())).length);
  });
});

describe('SIGHUP', () => {
  const started = async (reread: (fake: ReturnType<typeof fakeSystem>) => ReturnType<typeof options>) => {
    const fake = fakeSystem();
    const running = run(options('-t 10ms'), fake.host, fake.system, () => reread(fake));
    while (!fake.stderr.text.includes('attached to')) await sleep(1);
    const said = fake.stderr.text.length;
    fake.hangUp();
    const reloaded = async () => {
      while (!/reloaded/.test(fake.stderr.text.slice(said))) await sleep(1);
    };
    const stop = async () => {
      await reloaded();
      fake.signal('SIGTERM');
      await running;
      return { fake, text: fake.stderr.text.slice(said) };
    };
    return { stop };
  };

  test('takes the rules over without detaching', async () => {
    const { stop } = await started(() => options('-t 10ms -n 7'));
    const { fake, text } = await stop();
    expect(text).toContain('scanward: reloaded: threshold 3 -> 7, window-limit');
    expect(fake.done.filter((step) => step === 'policy')).toHaveLength(2);
    expect(fake.done.indexOf('detach eth0')).toBeGreaterThan(fake.done.lastIndexOf('policy'));
    expect(fake.listening()).toBe(0);
  });

  test('keeps all as it was when it cannot be read, and says why', async () => {
    const { stop } = await started(() => {
      throw new OperatorError(2, '/etc/scanward/scanward.yaml:3', "threshold: 'x' is not a whole number");
    });
    const { fake, text } = await stop();
    expect(text).toContain(
      "scanward: warning: not reloaded, all stays as it was: /etc/scanward/scanward.yaml:3: threshold: 'x' is not a whole number",
    );
    expect(fake.done.filter((step) => step === 'policy')).toHaveLength(1);
  });

  test('is done with lists, too, and what cannot be read of them changes nothing', async () => {
    const { stop } = await started(() => options('-t 10ms -n 7 --block-list /gone'));
    const { fake, text } = await stop();
    expect(text).toContain('not reloaded, all stays as it was: reading block list /gone: there is no such file');
    expect(fake.done.filter((step) => step === 'policy')).toHaveLength(1);
  });

  test('that fails when half of it is done says so', async () => {
    const { stop } = await started((fake) => {
      fake.policyError = new Error('EIO');
      return options('-t 10ms -n 7');
    });
    const { text } = await stop();
    expect(text).toContain('warning: only partly reloaded (EIO): send SIGHUP again');
  });

  test('says when nothing changed, and what waits for a restart', async () => {
    const { stop } = await started(() => options('-t 10ms --mode user'));
    const { text } = await stop();
    expect(text).toContain(
      'scanward: reloaded: nothing changed\nscanward: warning: mode user needs a restart: it stays kernel\n',
    );
  });

  test('a stop leaves it attached if that is what was said last', async () => {
    const fake = fakeSystem();
    fake.pin();
    const running = run(options('-t 10ms'), fake.host, fake.system, () => options('-t 10ms --keep-on-exit'));
    while (!fake.stderr.text.includes('attached to')) await sleep(1);
    fake.hangUp();
    fake.signal('SIGTERM');
    await running;
    expect(fake.done).toContain('leave eth0');
  });
});
