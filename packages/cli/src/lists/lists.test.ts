import { formatPrefix, type AllowEntry, type BlockEntry, type Prefix } from '@scanward/daemon';
import { beforeEach, describe, expect, test } from 'vitest';
import { parsePrefix } from '../flags/prefix.ts';
import { Lists } from './lists.ts';

const text = ({ address, bits }: Prefix) => formatPrefix(address, bits);

function world(isAdopted = false) {
  const files = new Map<string, string>();
  const blocks = new Map<string, BlockEntry>();
  const allow = new Map<string, AllowEntry>();
  const said: string[] = [];
  const shown: string[] = [];
  let room = 1e6;
  const put = (prefix: Prefix, isNet: boolean) => (block: object) => {
    if (blocks.size >= room) return false;
    const entry = { packets: 0n, bytes: 0n, ...block, source: prefix.address, bits: prefix.bits, isNet };
    return blocks.set(text(prefix), entry as BlockEntry).size > 0;
  };
  const lists = new Lists(
    {
      blocks: {
        entries: () => [...blocks.values()],
        get: (source) => blocks.get(text({ address: source, bits: 128 })),
        add: (address, bits, block) => put({ address, bits }, false)(block),
        remove: (source) => blocks.delete(text({ address: source, bits: 128 })),
        getNet: (net) => blocks.get(text(net)),
        addNet: (net, block) => put(net, true)(block),
        removeNet: (net) => blocks.delete(text(net)),
        addAll: (all) =>
          all.filter((block) => put({ address: block.source, bits: block.bits }, block.isNet)(block)).length,
        removeAll: (all) => all.filter(({ source, bits }) => blocks.delete(text({ address: source, bits }))).length,
      },
      allow: {
        entries: () => [...allow.values()],
        add: (entry) => allow.set(text(entry), entry).size > 0,
        addAll: (entries) => entries.filter((entry) => allow.set(text(entry), entry).size > 0).length,
        remove: (prefix) => allow.delete(text(prefix)),
      },
      clock: { monotonicNs: () => 7n },
      log: { info: (message) => said.push(message), warn: (message) => said.push(`warning: ${message}`) },
      progress: { show: (message) => shown.push(message), clear: () => undefined },
      open: (path) => {
        const found = files.get(path);
        if (found === undefined) throw new Error('there is no such file');
        return found.split(/(?<=\n)/);
      },
    },
    isAdopted,
  );
  const blocked = () => [...blocks.keys()].sort();
  return { files, blocks, allow, lists, said, shown, blocked, setRoom: (count: number) => (room = count) };
}

let of: ReturnType<typeof world>;
beforeEach(() => (of = world()));

const load = async (blockList: string[], allowList: string[] = []) =>
  of.lists.apply(await of.lists.read({ blockList, allowList }));

test('what stands in the files is blocked, what stands there no more is not', async () => {
  of.files
    .set('a', '# bad ones\n192.0.2.7\n198.51.100.0/24 ; a net\n\n2001:db8::/32\n')
    .set('b', '192.0.2.7\n203.0.113.9');
  await load(['a', 'b']);
  expect(of.blocked()).toEqual(['192.0.2.7', '198.51.100.0/24', '2001:db8::/32', '203.0.113.9']);
  expect([...of.blocks.values()].every(({ reason, expiryNs }) => reason === 'list' && expiryNs === 0n)).toBe(true);
  expect(of.said).toEqual([
    'block list a: 3 addresses and nets',
    'block list b: 2 addresses and nets',
    'block lists: 4 blocked, 4 of them new, 0 no more',
  ]);
  of.files.set('b', '203.0.113.10');
  await load(['b']);
  expect(of.blocked()).toEqual(['203.0.113.10']);
  await load([]);
  expect(of.blocked()).toEqual([]);
  expect(of.said.at(-1)).toBe('block lists: 0 blocked, 0 of them new, 1 no more');
  of.said.length = 0;
  await load([]);
  expect(of.said).toEqual([]);
});

test('what lists of a daemon before this one said goes when nobody names them', async () => {
  of = world(true);
  const prefix = parsePrefix('192.0.2.7');
  const entry = { startNs: 1n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 'list', isNet: false } as const;
  of.blocks.set('192.0.2.7', { ...entry, source: prefix.address, bits: 128 });
  await load([]);
  expect(of.blocked()).toEqual([]);
});

test('bad lines are told by their number, the first few, and the rest is taken', async () => {
  const bad = Array.from({ length: 9 }, (_, i) => `bad\u0007${i}`);
  of.files.set('a', ['192.0.2.1', '010.0.0.1', '10.1.2.3/8', '0.0.0.0/0', ...bad, '192.0.2.2'].join('\n'));
  await load(['a']);
  expect(of.blocked()).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(of.said.slice(0, 7)).toEqual([
    expect.stringMatching(/^warning: block list a:2: '010\.0\.0\.1' is not an address/),
    expect.stringMatching(
      /^warning: block list a:3: '10\.1\.2\.3\/8' has bits set after its length: write 10\.0\.0\.0\/8/,
    ),
    expect.stringMatching(/^warning: block list a:4: '0\.0\.0\.0\/0' holds every address/),
    expect.stringMatching(/^warning: block list a:5: 'bad\?0' is not an address/),
    expect.stringMatching(/^warning: block list a:6: 'bad\?1' is not an address/),
    'warning: block list a: 12 lines of 14 not taken (7 more than those above)',
    'block list a: 2 addresses and nets',
  ]);
});

test('a file that cannot be read changes nothing, not even by the others', async () => {
  of.files.set('a', '192.0.2.1').set('c', '192.0.2.2');
  await load(['a']);
  await expect(load(['c', 'gone'])).rejects.toMatchObject({
    exitCode: 2,
    message: 'reading block list gone: there is no such file',
  });
  expect(of.blocked()).toEqual(['192.0.2.1']);
  await load(['c']);
  expect(of.blocked()).toEqual(['192.0.2.2']);
});

test('what finds no room is told, with what to raise', async () => {
  of.setRoom(1);
  of.files.set('a', '192.0.2.1\n192.0.2.2\n192.0.2.3');
  await load(['a']);
  expect(of.said.at(-1)).toBe(
    'warning: block lists: no room for 2: raise --max-blocks (single IPv4 addresses) or --max-nets (all others)',
  );
});

test('who stands in an allow list is allowed', async () => {
  of.files.set('a', '192.0.2.0/24\n::1');
  await load([], ['a']);
  expect([...of.allow.values()].map((entry) => [text(entry), entry.reason])).toEqual([
    ['192.0.2.0/24', 'list'],
    ['::1', 'list'],
  ]);
  await load([], []);
  expect(of.allow.size).toBe(0);
});

describe('a long one', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join('\n');

  test('shows how far it is, and gives others their turn', async () => {
    of.files.set('a', lines);
    let turns = 0;
    const count = () => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    const contents = await of.lists.read({ blockList: ['a'], allowList: [] });
    expect(turns).toBeGreaterThan(3);
    turns = 0;
    await of.lists.apply(contents);
    clearImmediate(counting);
    expect(of.blocks.size).toBe(20_000);
    expect(of.shown).toContain('reading block list a: 4,096 lines');
    expect(of.shown).toContain('writing block lists: 2,048 of 20,000');
    expect(turns).toBeGreaterThan(3);
  });
});
