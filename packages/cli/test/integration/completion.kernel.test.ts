import { command, scanwardBin } from '@scanward/testkit';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const zshSession = fileURLToPath(new URL('complete.zsh', import.meta.url));
const bashSession = `
source "$1"
shift
for COMP_LINE; do
  COMP_POINT=\${#COMP_LINE}
  _scanward
  printf '> %s\\n' "$COMP_LINE"
  printf '%s\\n' "\${COMPREPLY[@]}"
done`;
const fishSession = `
source $argv[1]
for line in $argv[2..]
    echo "> $line"
    complete -C $line
end`;

const folder = mkdtempSync(join(tmpdir(), 'scanward-completion-'));
const script = (shell: Shell) => join(folder, `scanward.${shell}`);
// Stands for the command where the script asks who is blocked.
const blocked = ['192.0.2.56', '2001:db8:bad::/64', '$(reboot)'];

beforeAll(async () => {
  for (const shell of SHELLS) {
    const { stdout } = await command(process.execPath, [scanwardBin, 'completion', shell]);
    writeFileSync(script(shell), stdout);
  }
  const lines = blocked.map((address) => JSON.stringify({ address, reason: 'scan' })).join('\n');
  writeFileSync(join(folder, 'scanward'), `#!/bin/sh\n[ "$1" = blocks ] && cat <<'EOF'\n${lines}\nEOF\n`);
  writeFileSync(join(folder, 'capture.pcap'), '');
  chmodSync(join(folder, 'scanward'), 0o755);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const sessions: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['bash', '--norc', '-c', bashSession, 'bash'],
  zsh: ['zsh', '-f', zshSession],
  fish: ['fish', '--no-config', '-c', fishSession],
};

/** What a shell offers for each line, without descriptions, in order. */
async function offers(shell: Shell, lines: readonly string[]): Promise<Record<string, string[]>> {
  const [file, ...args] = [...sessions[shell], script(shell), ...lines];
  const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
  const { stdout, stderr } = await command(file!, args, { env, cwd: folder });
  expect(stderr).toBe('');
  const parts = stdout.split(/^> /m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const [line = '', ...offered] = part.split('\n');
      return [
        line,
        offered
          .map((text) => text.split('\t')[0]!.replace(/^--\w+=/, ''))
          .filter(Boolean)
          .sort(),
      ];
    }),
  );
}

const expected: Readonly<Record<string, readonly string[]>> = {
  'scanward bl': ['block', 'blocks'],
  'scanward allow ': ['add', 'remove'],
  'scanward allow --name add re': ['remove'],
  'scanward allow add --n': ['--name', '--no-config', '--no-state'],
  'scanward run --mo': ['--mode'],
  'scanward run --mode ': ['kernel', 'user'],
  'scanward run --mode k': ['kernel'],
  'scanward run --mode=u': ['user'],
  'scanward run --window 1s --xdp ': ['auto', 'generic', 'native'],
  'scanward run --window ': [],
  'scanward run --window 1': [],
  'scanward run -i l': ['lo'],
  'scanward doctor --interface lo -i l': ['lo'],
  'scanward blocks --sort p': ['packets'],
  'scanward replay --local 192.0.2.1 cap': ['capture.pcap'],
  'scanward run --state cap': ['capture.pcap'],
  'scanward completion ': ['bash', 'fish', 'zsh'],
  'scanward man al': ['allow'],
  'scanward unblock 1': ['192.0.2.56'],
  'scanward status b': [],
};

test.each(SHELLS)('what %s offers', async (shell) => {
  expect(await offers(shell, Object.keys(expected))).toEqual(expected);
});

test('bash parts IPv6 addresses at their colons, and runs nothing that stands in one', async () => {
  const { 'scanward unblock ': all, 'scanward unblock 2001:db8:b': rest } = await offers('bash', [
    'scanward unblock ',
    'scanward unblock 2001:db8:b',
  ]);
  expect([all, rest]).toEqual([['192.0.2.56', '2001:db8:bad::/64'], ['bad::/64']]);
});
