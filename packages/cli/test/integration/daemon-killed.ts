/** What the tests of pins do to a daemon. */
import { frameTo, type Host, Scanward, send, syn } from '@scanward/testkit';

const SCANNER = '10.77.0.51';

export interface Ends {
  readonly victim: Host;
  readonly attacker: Host;
}

/** SYNs of one source to so many ports. */
export const scan = ({ victim, attacker }: Ends, count: number, firstPort: number, source = SCANNER) =>
  send(
    attacker.ns,
    Array.from({ length: count }, (_, i) => frameTo(attacker, victim, syn(firstPort + i, firstPort + i), { source })),
  );

/** The number of the program on an interface. */
export const programOn = async ({ ns }: Host, device = 'eth0'): Promise<string | undefined> =>
  /prog\/xdp id (\d+)/.exec(await ns.ip('-d', 'link', 'show', device))?.[1];

/** A daemon that has blocked the scanner, killed. */
export async function killed(pair: Ends, bpffs: string, args: readonly string[] = []): Promise<void> {
  await using scanward = await Scanward.start(pair.victim.ns, { args: ['--bpffs', bpffs, '-t', '50ms', ...args] });
  await scan(pair, 4, 1_000);
  await scanward.stdout.wait(/Blocked 10\.77\.0\.51/);
  await scanward.kill();
}
