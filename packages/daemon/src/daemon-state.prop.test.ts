import { blockExpiryNs, blockStartNs } from '@scanward/map-codec';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { allowEntry, FakeWorld, ip, portsOf } from '../test/fakes.ts';
import { FakeStateStore } from '../test/fake-state.ts';
import { OPTIONS } from '../test/start.ts';
import { addressKey, formatPrefix } from './addresses.ts';
import { hasExpired } from './block-time.ts';
import { Daemon } from './daemon.ts';

beforeAll(() => void (process.env['TZ'] = 'UTC'));

const NAMES = ['192.0.2.0', '192.0.2.1', '192.0.2.2', '198.51.100.0/24', '203.0.113.0/24'];
const HOSTS = NAMES.slice(0, 3);
const NETS = ['198.51.100.0', '203.0.113.0'].map((net) => ({ address: ip(net), bits: 120 }));
const ttlMs = fc.constantFrom(0, 300, 5_000, 20_000);

const step = fc.oneof(
  fc.record({ do: fc.constant('scan' as const), host: fc.constantFrom(...HOSTS), ttlMs }),
  fc.record({ do: fc.constant('block' as const), net: fc.nat(1), ttlMs }),
  fc.record({ do: fc.constant('lift' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant('allow' as const), last: fc.nat(3) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(20), fc.nat(8_000)) }),
  fc.record({ do: fc.constant('kill' as const), downMs: fc.oneof(fc.constant(0), fc.nat(8_000)) }),
  fc.constant({ do: 'reboot' as const }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const scanOf = (ttlMs: 0 | 300): Step => ({ do: 'scan', host: '192.0.2.1', ttlMs });

/** A host on which daemons come and go. */
class Place {
  readonly world = new FakeWorld();
  daemon: Daemon;

  constructor() {
    this.world.state = new FakeStateStore();
    this.daemon = this.#start(false);
  }

  #start(adopted: boolean): Daemon {
    const daemon = new Daemon(this.world.ports(), { ...OPTIONS, blockingPeriodMs: 10_000, adopted });
    daemon.start();
    return daemon;
  }

  /** What is blocked, with when it ends. */
  inForce(): string[] {
    const { blocks, clock } = this.world;
    const now = [...blocks.entries()].filter((block) => !hasExpired(block, clock.nowNs));
    return now
      .map(({ source, bits, expiryNs, reason }) => `${formatPrefix(source, bits)} ${expiryNs} ${reason}`)
      .sort();
  }

  async play(now: Step): Promise<void> {
    const { world } = this;
    switch (now.do) {
      case 'scan':
        this.#scan(now.host, BigInt(now.ttlMs) * 1_000_000n);
        break;
      case 'block':
        this.#block(NETS[now.net]!, BigInt(now.ttlMs) * 1_000_000n);
        break;
      case 'lift':
        this.#lift(now.name);
        break;
      case 'allow':
        world.allow.add(allowEntry(`10.9.0.${now.last}`, 'command'));
        this.#noticed();
        break;
      case 'wait':
        world.clock.advance(now.ms);
        break;
      case 'kill':
        world.clock.forget();
        world.clock.advance(now.downMs);
        this.daemon = this.#start(true);
        // One that ended meanwhile is told now; a daemon that is killed before it has looked tells nothing.
        world.clock.advance(1_000);
        break;
      case 'reboot':
        await this.#reboot();
    }
  }

  /** As the program has it: blocks end at whole units. */
  #expiryNs(ttlNs: bigint): bigint {
    return ttlNs === 0n ? 0n : blockExpiryNs(this.world.clock.nowNs + ttlNs);
  }

  #scan(host: string, ttlNs: bigint): void {
    const block = this.world.blocks.get(ip(host));
    if (block && !hasExpired(block, this.world.clock.nowNs)) return;
    const { clock } = this.world;
    clock.advance(1); // no two packets of a source have the same time
    const lastsNs = ttlNs === 0n ? 0n : this.#expiryNs(ttlNs) - clock.nowNs;
    this.world.scan(host, portsOf(host), {}, lastsNs);
  }

  /** One at a time: a second one of the same instant is the first, as far as anybody can tell. */
  #block(net: { address: Uint8Array; bits: number }, ttlNs: bigint): void {
    const { blocks, clock } = this.world;
    clock.advance(100);
    blocks.addNet(net, { startNs: blockStartNs(clock.nowNs), expiryNs: this.#expiryNs(ttlNs), reason: 'operator' });
    this.#noticed();
  }

  #lift(name: string): void {
    this.world.clock.advance(1_000); // what it is to lift was told
    const net = NETS.find(({ address, bits }) => formatPrefix(address, bits) === name);
    if (net) this.world.blocks.removeNet(net);
    else this.world.blocks.map.delete(addressKey(ip(name)));
    this.#noticed();
  }

  #noticed(): void {
    this.world.isChanged = true;
    this.world.clock.advance(1_000);
  }

  /** All maps are gone, and no time has passed. */
  async #reboot(): Promise<void> {
    const { world } = this;
    this.daemon.stop();
    await this.daemon.saved();
    const before = [this.inForce(), [...world.allow.entries()].length];
    for (const { map } of [world.blocks, world.allow, world.graces, world.notes]) map.clear();
    world.blocks.nets.clear();
    this.daemon = this.#start(false);
    expect([this.inForce(), [...world.allow.entries()].length]).toEqual(before);
  }
}

it('across kills and reboots no block is lost, and each is told once when it begins and once when it ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (story) => {
      const place = new Place();
      for (const now of story) await place.play(now);
      place.world.clock.advance(30_000);
      place.daemon.stop();
      await place.daemon.saved();
      const inForce = place.inForce();
      for (const name of NAMES) {
        const mine = place.world.lines.lines.filter((line) => new RegExp(`locked ${name}( |$)`).test(line));
        mine.forEach((line, i) => expect(line).toContain(i % 2 === 0 ? ': Blocked' : ': Unblocked'));
        expect(mine.length % 2 === 1).toBe(inForce.some((block) => block.startsWith(`${name} `)));
      }
      const kept = place.world.state!.entries().filter(({ kind }) => kind === 'block');
      expect(kept.map(({ address, bits }) => formatPrefix(address, bits)).sort()).toEqual(
        inForce.map((block) => block.split(' ')[0]),
      );
    }),
    {
      numRuns: 300,
      // The first block and the one after it both wait in the ring when the next daemon comes.
      examples: [
        [
          [
            { do: 'block', net: 0, ttlMs: 0 },
            { do: 'kill', downMs: 6877 },
            scanOf(300),
            { do: 'reboot' },
            { do: 'reboot' },
          ],
        ],
        [[scanOf(300), { do: 'wait', ms: 324 }, scanOf(0), { do: 'kill', downMs: 0 }]],
      ],
    },
  );
});
