/** The differential test can fail: each fault that is planted in the program or in its reference is found. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzz, replayCase, type Campaign } from './campaign.ts';
import { readCase } from './case-file.ts';
import { hammer, hammerBlocks } from './hammer.ts';
import { withFaultyModel, withFaultyProgram, type Fault } from './mutant.ts';
import { PinnedCpus } from './pinned.ts';
import { Difference, loadForTraces, replay, type Model } from './replay.ts';
import { ENOUGH_SEED, ENOUGH_TRACES } from './scale.ts';
import { trace, type Trace } from './trace.ts';

const TRACES = 1_000;
const SYNS = 200_000;
const HAMMER_TRIES = 20;
const BLOCKS = 20_000;

const program: Fault[] = [
  {
    what: 'the window is a tick too short',
    file: 'sources.bpf.h',
    from: '- window_ticks + 1;',
    to: '- window_ticks + 2;',
  },
  {
    what: 'blocks do not expire',
    file: 'blocks.bpf.h',
    from: 'now_ns >> BLOCK_UNIT_SHIFT < line->expiries[i]',
    to: 'now_ns',
  },
  {
    what: 'a block in a cell lasts a unit longer',
    file: 'blocks.bpf.h',
    from: 'now_ns >> BLOCK_UNIT_SHIFT < line->expiries[i]',
    to: 'now_ns >> BLOCK_UNIT_SHIFT <= line->expiries[i]',
  },
  {
    what: 'a block in the hash lasts a nanosecond longer',
    file: 'blocklist.bpf.h',
    from: 'now_ns < block->expiry_ns',
    to: 'now_ns <= block->expiry_ns',
  },
  {
    what: 'the first port is lost at the second',
    file: 'singles.bpf.h',
    from: '*carried = touch;',
    to: '*carried = 0;',
  },
  {
    what: 'a mark is never fresh',
    file: 'singles.bpf.h',
    from: '<= (__s64)cell_units(window_ns) + 1',
    to: '> (__s64)cell_units(window_ns) + 1',
  },
  {
    what: 'a line does not know what of it is in the hash',
    file: 'blocks.bpf.h',
    from: 'line->in_hash++;',
    to: '(void)0;',
  },
  {
    what: 'a cell whose block has expired is not taken',
    file: 'blocks.bpf.h',
    from: 'line->addresses[i] && !cell_is_in_force(line, i, now_ns)',
    to: 'line->addresses[i] && now_ns + 1 == 0',
  },
  {
    what: 'an allowed address gets a cell',
    file: 'blocks.bpf.h',
    from: 'line && !is_allowed(source) ? line : NULL',
    to: 'line',
  },
  {
    what: 'nothing is kept for the operator',
    file: 'blocks.bpf.h',
    from: 'max_blocks - kept',
    to: 'max_blocks',
  },
  {
    what: 'behind a net whose block has expired nobody looks',
    file: 'nets.bpf.h',
    from: 'key.prefix_bits = net->bits - 1;',
    to: 'return false;',
  },
  {
    what: 'a net drops who is allowed',
    file: 'nets.bpf.h',
    from: 'if (is_allowed(&address))',
    to: 'if (false)',
  },
  {
    what: 'a net is taken for one that it is in',
    file: 'nets.bpf.h',
    from: 'net && net->bits == key->prefix_bits',
    to: 'net',
  },
  {
    what: 'a grace is ignored',
    file: 'scanward.bpf.c',
    from: 'has_grace(&p->packet.source, now_ns)',
    to: 'now_ns == ~0ULL',
  },
  {
    what: 'a grace does not end',
    file: 'blocklist.bpf.h',
    from: 'now_ns < grace->until_ns',
    to: 'grace->until_ns != now_ns + 1',
  },
  {
    what: 'SYN+ACK is taken for a SYN',
    file: 'parse.bpf.h',
    from: '(flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_SYN',
    to: '(flags & TCP_SYN)',
  },
  {
    what: 'a stream counts',
    file: 'parse.bpf.h',
    from: 'p->is_cut || header < left',
    to: 'p->is_cut',
  },
  {
    what: 'RST counts',
    file: 'parse.bpf.h',
    from: '(flags & TCP_RST) || is_data(flags, has_payload)',
    to: 'is_data(flags, has_payload)',
  },
  {
    what: 'a wrong checksum is no matter',
    file: 'checksum.bpf.h',
    from: 'folded(sum) != 0xffff',
    to: 'folded(sum) == 0',
  },
  {
    what: 'a checksum that is left to the network card is wrong',
    file: 'checksum.bpf.h',
    from: 'if (*field == folded(pseudo))',
    to: 'if (false)',
  },
  {
    what: 'the last ephemeral port is none',
    file: 'scanward.bpf.c',
    from: 'port <= rules->ephemeral_last',
    to: 'port < rules->ephemeral_last',
  },
  {
    what: 'what is for others counts',
    file: 'scanward.bpf.c',
    from: '!is_late_to_client && is_local(&p->packet.destination)',
    to: '!is_late_to_client',
  },
  {
    what: 'a listener owns probes',
    file: 'sockets.bpf.h',
    from: 'state != SOCKET_NONE && state != BPF_TCP_LISTEN',
    to: 'state != SOCKET_NONE',
  },
  {
    what: 'a socket in time-wait is established',
    file: 'sockets.bpf.h',
    from: '1u << BPF_TCP_TIME_WAIT |',
    to: '',
  },
  {
    what: 'nobody is told of a handshake',
    file: 'scanward.bpf.c',
    from: 'if (is_established(state)) {',
    to: 'if (false) {',
  },
  {
    what: 'a published port is not remembered',
    file: 'scanward.bpf.c',
    from: 'note_forwarded(p->packet.destination_port);',
    to: ';',
  },
  {
    what: 'who gets a cookie from a listener is taken for somebody behind this host',
    file: 'scanward.bpf.c',
    from: 'state == SOCKET_NONE && p->packet.kind == KIND_ACK',
    to: 'p->packet.kind == KIND_ACK',
  },
  {
    what: 'with evidence closed an open port counts',
    file: 'scanward.bpf.c',
    from: 'port_state != PORT_OPEN && count_probe',
    to: 'count_probe',
  },
  {
    what: 'a fragment over the threshold is dropped',
    file: 'scanward.bpf.c',
    from: '&& syn->packet.kind != KIND_FRAGMENT',
    to: '',
  },
  {
    what: 'one block more than the cap',
    file: 'blocks.bpf.h',
    from: 'list->span_blocks < blocks_per_minute',
    to: 'list->span_blocks <= blocks_per_minute',
  },
  {
    what: 'the cap holds for ever',
    file: 'blocks.bpf.h',
    from: 'list->span_blocks = 0;',
    to: '',
  },
];
const reference: Fault[] = [
  {
    what: 'the window is a tick too long',
    file: 'source-table.ts',
    from: 'now.tick - rules.windowTicks, voidTick, 0) + 1',
    to: 'now.tick - rules.windowTicks, voidTick, 0)',
  },
  {
    what: 'a block lasts a nanosecond longer',
    file: 'block.ts',
    from: 'nowNs < block.expiryNs',
    to: 'nowNs <= block.expiryNs',
  },
  {
    what: 'the first port is lost at the second',
    file: 'singles.ts',
    from: 'this.isCarried = this.carriedPort !== port;',
    to: 'this.isCarried = false;',
  },
  {
    what: 'a block that is lifted leaves its line full',
    file: 'block-line.ts',
    from: 'return this.#put(undefined, ',
    to: 'return this.#cells.some(',
  },
  {
    what: 'a net of IPv6 holds IPv4 addresses',
    file: 'nets.ts',
    from: 'isMapped(address, 0) ? IPV4_NET_BITS_MIN : 0',
    to: '0',
  },
  { what: 'a SYN that was dropped counts as seen', file: 'reference.ts', from: 'this.syns.forget(syn);', to: '' },
];

let cpus: PinnedCpus;
beforeAll(() => {
  cpus = new PinnedCpus();
});
afterAll(() => cpus[Symbol.dispose]());

/** Traces until a difference; undefined: none was found. */
function tracesToDifference(object?: string, model?: Model, numRuns = TRACES): number | undefined {
  using loaded = loadForTraces(object);
  const property = fc.property(trace, (one) => void replay(one, loaded, cpus, model));
  const {
    failed,
    numRuns: runs,
    errorInstance,
  } = fc.check(property, { seed: ENOUGH_SEED, numRuns, endOnFailure: true });
  if (failed && !(errorInstance instanceof Difference)) throw errorInstance;
  return failed ? runs : undefined;
}

const tell = (what: string, traces: number | undefined): void =>
  void process.stdout.write(`${what}: found by trace ${traces}\n`);

describe('found', () => {
  test('nothing, where no fault is', () => {
    expect(tracesToDifference(undefined, undefined, 100)).toBeUndefined();
  });

  test.each(program)('in the program: $what', async (fault) => {
    const traces = await withFaultyProgram(fault, (object) => tracesToDifference(object));
    tell(fault.what, traces);
    expect(traces).toBeLessThanOrEqual(ENOUGH_TRACES);
  });

  test.each(reference)('in the reference: $what', async (fault) => {
    const traces = await withFaultyModel(fault, (model) => tracesToDifference(undefined, model));
    tell(fault.what, traces);
    expect(traces).toBeLessThanOrEqual(ENOUGH_TRACES);
  });

  test.each([
    { what: 'no lock on a set of sources', file: 'sources.bpf.h', from: /bpf_spin_(un)?lock\(&set->lock\);/g, to: '' },
    {
      what: 'no lock on a line of singles',
      file: 'singles.bpf.h',
      from: /bpf_spin_(un)?lock\(&line->lock\);/g,
      to: '',
    },
  ])('in the program: $what', async (fault) => {
    // How often two CPUs meet in the gap is a matter of luck: so more than one try.
    const isBroken = await withFaultyProgram(fault, async (object) => {
      for (let tries = 0; tries < HAMMER_TRIES; tries++) {
        const broken = await hammer(SYNS, object);
        process.stdout.write(`${fault.what}: ${JSON.stringify(broken)}\n`);
        if (broken.passed + broken.dropped + broken.lostTouches > 0) return true;
      }
      return false;
    });
    expect(isBroken).toBe(true);
  });

  test('in the program: all write into the blocklist at once', async () => {
    const fault = { what: 'no turns', file: 'blocklist.bpf.h', from: 'if (!was_taken)', to: 'if (was_taken <= 1)' };
    const broken = await withFaultyProgram(fault, (object) => hammerBlocks(BLOCKS, object));
    process.stdout.write(`no turns: ${JSON.stringify(broken)}\n`);
    expect(broken.twice + broken.count + broken.made).toBeGreaterThan(0);
  });
});

describe('make fuzz', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-fuzz-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('writes the case that fails, shrunk; it fails again with the fault and not without', async () => {
    using loaded = loadForTraces();
    const of = (model?: Model): Campaign[] => {
      const play = (one: Trace): number => replay(one, loaded, cpus, model).packets;
      const campaign: Campaign<Trace> = { name: 'traces', unit: 'packets', cases: trace, runs: TRACES, play };
      return [campaign] as Campaign[];
    };
    const lines: string[] = [];
    const path = await withFaultyModel(reference.at(-1)!, (model) => {
      const options = { campaigns: of(model), forMs: 60_000, seed: ENOUGH_SEED, folder };
      const found = fuzz({ ...options, say: (line) => lines.push(line) })!;
      expect(() => replayCase(found, of(model))).toThrow(Difference);
      return found;
    });
    expect(lines.join('\n')).toMatch(
      new RegExp(`^traces: seed ${ENOUGH_SEED}, \\d+ cases; in all \\d+ packets, \\d+ a second\ntraces FAILED: `),
    );
    expect((readCase(path).value as Trace).steps.length).toBeLessThan(20);
    replayCase(path, of());
  });

  test('says how much held where nothing fails', () => {
    const play = (): number => 2;
    const nothing: Campaign = { name: 'nothing', unit: 'things', cases: trace, runs: 1, play };
    const lines: string[] = [];
    expect(
      fuzz({ campaigns: [nothing], forMs: 100, seed: 7, folder, say: (line) => lines.push(line) }),
    ).toBeUndefined();
    expect(lines[0]).toMatch(/^nothing: seed 7, 1 cases; in all 2 things, \d+ a second$/);
    expect(lines.at(-1)).toMatch(/^no failure in \d+ things$/);
  });
});
