import { command, patience, repositoryFile } from '@scanward/testkit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';

const COLUMNS = 100;
const folder = mkdtempSync(join(tmpdir(), 'scanward-operations-'));
/** A server of its own, which ends with its only session. */
const tmux = (...args: string[]) => command('tmux', ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...args]);
const TYPED = /^(?:host|scanner)# .*$/gm;

let screen = '';

/** The session in a real terminal, from its first line to its last. */
async function inTerminal(): Promise<string> {
  const done = join(folder, 'done');
  const line = `${repositoryFile('docs/operations-session.sh')}; echo "ended with $?"; touch ${done}; sleep 600`;
  await tmux(
    'start-server',
    ';',
    'set',
    '-g',
    'history-limit',
    '10000',
    ';',
    'new-session',
    '-d',
    '-x',
    String(COLUMNS),
    '-y',
    '50',
    line,
  );
  for (;;) {
    const { stdout } = await tmux('capture-pane', '-p', '-J', '-S', '-');
    if (/^ended with \d+$/m.test(stdout)) return stdout;
    await sleep(200);
  }
}

beforeAll(async () => {
  screen = await inTerminal();
}, patience(120_000));

afterAll(async () => {
  await tmux('kill-server').catch(() => undefined);
  rmSync(folder, { recursive: true });
});

/** What a command printed. */
function printed(typed: string): string {
  const from = screen.indexOf(typed);
  if (from === -1) throw new Error(`nobody typed ${typed}`);
  const rest = screen.slice(screen.indexOf('\n', from));
  const end = rest.search(/^(?:host|scanner)# |^## /m);
  return (end === -1 ? rest : rest.slice(0, end)).trim();
}

const at = (name: string) => `host# scanward ${name}`;

test('it goes to its end, through every command', () => {
  expect(screen).toMatch(/^ended with 0$/m);
  const help = readFileSync(repositoryFile('packages/cli/src/flags/golden/help.txt'), 'utf8');
  const names = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(15);
  const typed = screen.match(TYPED) ?? [];
  for (const name of names) {
    if (name === 'help') continue;
    expect(
      typed.some((line) => line.includes(`scanward ${name}`)),
      name,
    ).toBe(true);
  }
});

describe('each of them says what it is to say', () => {
  test.each<readonly [string, RegExp]>([
    [at('version'), /^\d+\.\d+\.\d+$/],
    [at('doctor'), /^CHECK .*\nkernel +ok +Linux/],
    [at('completion bash'), /scanward/],
    [at('man blocks'), /^\.TH SCANWARD/m],
    [at('check-config'), /^threshold: 2 +# \/var\/lib\/here\/scanward\.yaml:1\nwindow: 2m +# flag$/],
    [at('status'), /daemon +running \(pid \d+\)/],
    [at('blocks'), /^10\.77\.0\.2 .* scan \d+,\d+,\d+,\d+$/m],
    [at('sources'), /^10\.77\.0\.3 +2 no .* (?:22,80|80,22)$/m],
    [at('top --once'), /daemon running .*\n(?:.*\n)*?.*SOURCES(?:.*\n)*?.*10\.77\.0\.2/],
    [at('events --limit 4'), /^.*: Blocked 10\.77\.0\.2 until /m],
    [at('events --kind scan'), /^\{"@timestamp":/],
    [at('block 198'), /^Blocked 198\.51\.100\.0\/24 until .* \(1d\)$/],
    [at('unblock 10.77.0.2'), /^Unblocked 10\.77\.0\.2 \(scan /],
    [at('allow add'), /^Allowed 10\.77\.0\.3$/],
    [at('block 10.77.0.3'), /is allowed: .*\n?.*\[exit code 2\]$/],
    [at('allow\n'), /^10\.77\.0\.3 +command$/m],
    [at('scans\n'), /^\S+ \S+ +10\.77\.0\.2 +(?:syn|connect) /m],
    ['host# tail -n 1 scanward.log', /^scanward: reloaded: threshold 3 -> 5, window-limit/],
    [at('status | grep policy'), /threshold 5 ports in 1m/],
    ['host# tail -n 5 scanward.log', /bad\.list:3: 'nobody' is not an address[^]*2 blocked, 2 of them new/],
    [at('blocks --plain'), /^192\.0\.2\.7\n203\.0\.113\.0\/24$/],
    [at('detach'), /^Detached instance default from eth0; its maps are gone$/],
    [at('status\nscanward: opening'), /\[exit code 9\]$/],
    ['host# ls /sys/fs/bpf/scanward', /^$/],
    ['host# grep restored', /restored 2 blocks, 1 allowed and 1 grace/],
    [at('blocks --json'), /^\{"address":"10\.77\.0\.4","reason":"scan"/],
    [at('replay'), /Port scan detected: 10\.77\.0\.2 -> 10\.77\.0\.1 on ports 22,80/],
  ])('%s', (typed, wanted) => {
    expect(printed(typed)).toMatch(wanted);
  });

  test('a bad configuration is told, and changes nothing', () => {
    expect(screen).toMatch(
      /not reloaded, all stays as it was: .*scanward\.yaml:1: 'threshhold' is no key: did you mean threshold\?/,
    );
  });
});

test('OPERATIONS.md has the same commands in the same order', () => {
  const text = readFileSync(repositoryFile('docs/OPERATIONS.md'), 'utf8');
  expect(text.match(TYPED)).toEqual(screen.match(TYPED));
});
