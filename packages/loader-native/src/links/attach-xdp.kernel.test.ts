import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectNoLeaks } from '../../test/leaks.ts';
import { describeInNamespace, ip } from '../../test/network-namespace.ts';
import { littleEndian } from '../kernel/attr.ts';
import { MapType } from '../kernel/uapi.ts';
import { BpfMap } from '../maps/bpf-map.ts';
import { findLink, listLinks } from '../network/links.ts';
import { listAddresses } from '../network/addresses.ts';
import { listRoutes } from '../network/routes.ts';
import { BpfProgram } from '../programs/bpf-program.ts';
import { passProgram } from '../programs/trivial.ts';
import { nativeSys } from '../sys/native-sys.ts';
import { NEEDS, needs } from '../testing/needs.ts';
import { attachXdp, findXdp } from './attach-xdp.ts';
import { XdpLink } from './xdp-link.ts';

const named = (code: string) => expect.objectContaining({ code }) as unknown;
/** Returns when what nobody holds is collected and its finalizers have run. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  let finalized = 0;
  const canaries = new FinalizationRegistry(() => finalized++);
  for (let round = 1; round <= 3; round++) {
    canaries.register({}, undefined);
    while (finalized < round) {
      gc();
      await setImmediate();
    }
  }
}

const fixture = new URL(`../../test/fixtures/fixture.bpf${littleEndian ? 'el' : 'eb'}.o`, import.meta.url).pathname;

describeInNamespace('XDP', import.meta.url, () => {
  expectNoLeaks();

  let program: BpfProgram;
  let other: BpfProgram;
  let ifindex: number;
  beforeEach((context) => {
    needs(context, NEEDS.bpfLink);
    ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    ip('link', 'set', 'v0', 'up');
    ip('link', 'set', 'v1', 'up');
    ifindex = listLinks().find(({ name }) => name === 'v0')!.index;
    program = BpfProgram.load({ name: 'first', instructions: passProgram() });
    other = BpfProgram.load({ name: 'second', instructions: passProgram() });
  });
  afterEach(() => {
    program.close();
    other.close();
    if (listLinks().some(({ name }) => name === 'v0')) ip('link', 'del', 'v0');
  });

  test.each(['native', 'generic', 'auto'] as const)('%s on a veth; gone when closed', (mode) => {
    const link = attachXdp(program, { ifindex, mode });
    const place = mode === 'auto' ? 'native' : mode;
    expect([link.mode, link.note]).toEqual([place, undefined]);
    expect(findXdp(ifindex)).toEqual([{ programId: program.info().id, mode: place }]);
    expect(link.info()).toMatchObject({ ifindex, programId: program.info().id });
    link.close();
    link.close();
    expect(findXdp(ifindex)).toEqual([]);
  });

  test('the garbage collector detaches nothing, though nobody holds the link', async () => {
    const attach = () => attachXdp(program, { ifindex }).fd;
    const fd = attach();
    await collectGarbage();
    expect(findXdp(ifindex)).toHaveLength(1);
    expect(nativeSys.close(fd)).toBe(0);
    expect(findXdp(ifindex)).toEqual([]);
  });

  test('auto falls back to generic where the driver refuses, and says so', () => {
    const link = attachXdp(program, { ifindex: 1 });
    expect([link.mode, link.note]).toEqual(['generic', expect.stringContaining('EOPNOTSUPP')]);
    link.close();
    expect(() => attachXdp(program, { ifindex: 1, mode: 'native' })).toThrow(named('EOPNOTSUPP'));
  });

  test('a frame too large for native XDP makes auto fall back', () => {
    ip('link', 'set', 'v0', 'mtu', '9000');
    ip('link', 'set', 'v1', 'mtu', '9000');
    const link = attachXdp(program, { ifindex });
    expect(link.mode).toBe('generic');
    link.close();
  });

  test('the program of a link is exchanged', () => {
    const link = attachXdp(program, { ifindex });
    link.updateProgram(other);
    expect(findXdp(ifindex)).toEqual([{ programId: other.info().id, mode: 'native' }]);
    program.close();
    expect(() => link.updateProgram(program)).toThrow('program first is closed');
    link.close();
  });

  test.each(['xdpgeneric', 'xdpdrv'])('a foreign program (%s) is refused, or replaced', (kind) => {
    ip('link', 'set', 'v0', kind, 'obj', fixture, 'sec', 'xdp');
    const foreign = findXdp(ifindex);
    expect(foreign).toHaveLength(1);
    expect(() => attachXdp(program, { ifindex })).toThrow(
      expect.objectContaining({ name: 'AttachError', code: 'FOREIGN_PROGRAM', foreign }),
    );
    expect(findXdp(ifindex)).toEqual(foreign);
    const link = attachXdp(program, { ifindex, replace: true });
    expect(findXdp(ifindex)).toEqual([{ programId: program.info().id, mode: 'native' }]);
    link.close();
  });

  test("another's link cannot be replaced", () => {
    const link = attachXdp(other, { ifindex });
    expect(() => attachXdp(program, { ifindex, replace: true })).toThrow(named('FOREIGN_LINK'));
    expect(findXdp(ifindex)).toEqual([{ programId: other.info().id, mode: 'native' }]);
    link.close();
  });

  test('an interface that is not there, or goes away', () => {
    expect(() => attachXdp(program, { ifindex: 12345 })).toThrow(named('NO_INTERFACE'));
    expect(() => findXdp(0)).toThrow(RangeError);
    const link = attachXdp(program, { ifindex });
    ip('link', 'del', 'v0');
    expect(link.info().ifindex).toBe(0);
    expect(() => link.updateProgram(other)).toThrow(named('ENOLINK'));
    expect(findLink(ifindex)).toBeUndefined();
    link.close();
  });

  test('pins outlive their descriptors, and what they hold is checked', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bpffs-'));
    execFileSync('mount', ['-t', 'bpf', 'bpf', folder]);
    const at = (name: string) => join(folder, name);
    try {
      const link = attachXdp(program, { ifindex });
      const map = BpfMap.create({ name: 'pinned', type: MapType.ARRAY, keySize: 4, valueSize: 8, maxEntries: 2 });
      link.pin(at('link'));
      program.pin(at('program'));
      map.pin(at('map'));
      expect(() => map.pin(at('map'))).toThrow(named('EEXIST'));
      const id = program.info().id;
      for (const each of [link, map, program]) each.close();
      expect(findXdp(ifindex)).toHaveLength(1);
      const opened = [XdpLink.open(at('link')), BpfMap.open(at('map')), BpfProgram.open(at('program'))] as const;
      expect(opened[0]).toMatchObject({ ifindex, mode: 'native' });
      expect(opened[1]).toMatchObject({ name: 'pinned', type: MapType.ARRAY, valueSize: 8, maxEntries: 2 });
      expect([opened[2].name, opened[2].info().id]).toEqual(['first', id]);
      for (const each of opened) each.close();
      expect(() => BpfMap.open(at('link'))).toThrow(expect.objectContaining({ expected: 'map', found: 'link' }));
      expect(() => BpfProgram.open(at('map'))).toThrow(expect.objectContaining({ expected: 'program', found: 'map' }));
      expect(() => XdpLink.open(at('program'))).toThrow(expect.objectContaining({ name: 'PinError' }));
      expect(() => BpfMap.open(at('nothing'))).toThrow(named('ENOENT'));
      for (const name of ['link', 'map', 'program']) unlinkSync(at(name));
    } finally {
      execFileSync('umount', [folder]);
      rmdirSync(folder);
    }
    expect(findXdp(ifindex)).toEqual([]);
  });

  test('links, addresses and routes as iproute2 set them', () => {
    ip('link', 'set', 'lo', 'up');
    ip('address', 'add', '192.0.2.1/24', 'dev', 'v0');
    ip('address', 'add', '2001:db8::1/64', 'dev', 'v0', 'nodad');
    ip('route', 'add', 'default', 'via', '192.0.2.254', 'metric', '7');
    ip('route', 'add', '198.51.100.0/24', 'via', 'inet6', '2001:db8::9', 'dev', 'v0');
    ip('route', 'add', '203.0.113.0/24', 'nexthop', 'via', '192.0.2.2', 'nexthop', 'via', '192.0.2.3');
    ip('-6', 'route', 'add', 'default', 'via', '2001:db8::fe', 'dev', 'v0');
    const links = listLinks();
    expect(links.find(({ index }) => index === ifindex)).toMatchObject({
      name: 'v0',
      up: true,
      kind: 'veth',
      mtu: 1500,
    });
    expect(links.find(({ index }) => index === 1)).toMatchObject({ name: 'lo', loopback: true, kind: undefined });
    const own = listAddresses().filter((address) => address.ifindex === ifindex);
    expect(own).toContainEqual({ ifindex, family: 4, address: Uint8Array.of(192, 0, 2, 1), prefix: 24, scope: 0 });
    expect(own.find(({ family, scope }) => family === 6 && scope === 0)?.prefix).toBe(64);
    const routes = listRoutes().filter(({ type, table }) => type === 1 && table === 254);
    expect(routes).toContainEqual({
      family: 4,
      destination: new Uint8Array(4),
      prefix: 0,
      table: 254,
      type: 1,
      metric: 7,
      ifindex,
      gateway: Uint8Array.of(192, 0, 2, 254),
    });
    const via = (destination: number) =>
      routes.filter((route) => route.destination[0] === destination).map(({ gateway }) => gateway);
    expect(via(198)[0]).toHaveLength(16);
    expect(via(203)).toEqual([Uint8Array.of(192, 0, 2, 2), Uint8Array.of(192, 0, 2, 3)]);
    expect(routes.find(({ family, prefix }) => family === 6 && prefix === 0)?.gateway?.at(-1)).toBe(0xfe);
  });

  test('a child process does not keep the program attached', async () => {
    const link = attachXdp(program, { ifindex });
    // It inherits nothing, because every descriptor is close-on-exec.
    const child = spawn('sleep', ['5']);
    link.close();
    expect(findXdp(ifindex)).toEqual([]);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
  });
});
