import { describe, expect, it } from 'vitest';
import { FakeWorld, ip, SECOND } from '../test/fakes.ts';
import { POLICY, startDaemon } from '../test/start.ts';
import { formatPrefix } from './addresses.ts';

const block = (world: FakeWorld, text: string, bits: number) =>
  world.blocks.add(ip(text), bits, {
    startNs: world.clock.nowNs - SECOND,
    expiryNs: world.clock.nowNs + 90n * SECOND,
    reason: 'scan',
    packets: 7n,
    bytes: 420n,
  });

/** Blocks of before, and what a start with another policy makes of them. */
function started(ipv6Prefix: number, prepare: (world: FakeWorld) => void) {
  const { world } = startDaemon({ adopted: true, policy: { ...POLICY, ipv6Prefix } }, prepare);
  const listed = [...world.blocks.entries()];
  const kinds = listed.map(({ source, bits, isNet }) => `${isNet ? 'net' : 'source'} ${formatPrefix(source, bits)}`);
  return { world, kinds, listed };
}

describe('blocks of IPv6 sources, which the program looks for by the length of the policy', () => {
  it.each([48, 56, 128])('go on as nets when the policy is of another length: %d', (length) => {
    const { kinds, listed, world } = started(length, (fresh) => block(fresh, '2001:db8:bad::', 64));
    expect(kinds).toEqual(['net 2001:db8:bad::/64']);
    expect(listed).toMatchObject([{ packets: 7n, bytes: 420n, reason: 'scan' }]);
    expect(world.lines.lines).toEqual([]);
  });

  it('and so do single addresses, but for those that are on the link', () => {
    const { kinds } = started(64, (fresh) => {
      block(fresh, '2001:db8:bad::7', 128);
      block(fresh, '2001:db8:1::7', 128);
      block(fresh, 'fe80::7', 128);
      fresh.network = { ...fresh.network, onlink: [{ address: ip('2001:db8:1::'), bits: 64 }] };
    });
    expect(kinds).toEqual(['source 2001:db8:1::7', 'source fe80::7', 'net 2001:db8:bad::7']);
  });

  it('stay sources when the policy is the same, and so does IPv4', () => {
    const { kinds } = started(64, (fresh) => {
      block(fresh, '2001:db8:bad::', 64);
      block(fresh, '192.0.2.7', 128);
    });
    expect(kinds).toEqual(['source 2001:db8:bad::/64', 'source 192.0.2.7']);
  });

  it('leave a net of the operator as it is, and say what found no room', () => {
    const { kinds, world } = started(56, (fresh) => {
      fresh.blocks.room = 2;
      fresh.blocks.addNet({ address: ip('2001:db8:1::'), bits: 64 }, { startNs: 0n, expiryNs: 0n, reason: 'operator' });
      block(fresh, '2001:db8:1::', 64);
      block(fresh, '2001:db8:2::', 64);
      fresh.blocks.room = 1;
    });
    expect(kinds).toEqual(['source 2001:db8:1::/64', 'source 2001:db8:2::/64', 'net 2001:db8:1::/64']);
    expect(world.log.warnings).toEqual([
      '1 block of IPv6 sources of another length than --ipv6-prefix found no room among the nets: it drops nothing',
    ]);
  });
});
