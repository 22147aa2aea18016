import { expect, test } from 'vitest';
import { type Attachment, findLink, Interfaces } from './interfaces.ts';
import type { HostLink } from './network/host-network.ts';

/** A host whose interfaces the test changes, and a log of what was done. */
function fakeHost(...names: string[]) {
  const said: string[] = [];
  const host = {
    links: names.map((name, i): HostLink => ({ ifindex: i + 1, name, up: true })),
    attached: new Set<number>(),
    refuse: undefined as Error | undefined,
    note: undefined as string | undefined,
    said,
    log: { info: (text: string) => said.push(text), warn: (text: string) => said.push(`warning: ${text}`) },
    attach: (link: HostLink): Attachment => {
      if (host.refuse) throw host.refuse;
      const was = host.attached.has(link.ifindex);
      host.attached.add(link.ifindex);
      const close = () => void host.attached.delete(link.ifindex);
      return {
        mode: 'native',
        note: host.note,
        ifindex: () => (host.attached.has(link.ifindex) ? link.ifindex : 0),
        close,
        leave: () => undefined,
        revert: was ? () => undefined : close,
      };
    },
    remove(name: string) {
      for (const link of host.links) if (link.name === name) host.attached.delete(link.ifindex);
      host.links = host.links.filter((link) => link.name !== name);
    },
    watch: (...wanted: string[]) => new Interfaces(wanted, { links: () => host.links }, host.attach, host.log),
    news: () => said.splice(0),
  };
  return host;
}

test('attaches to each, and says so', () => {
  const host = fakeHost('lo', 'veth0', 'veth1');
  const interfaces = host.watch('veth0', 'veth1');
  interfaces.attachAll();
  expect(host.news()).toEqual(['attached to veth0 (native)', 'attached to veth1 (native)']);
  expect([...host.attached]).toEqual([2, 3]);
  expect(interfaces.nameOf(3)).toBe('veth1');
  expect(interfaces.nameOf(9)).toBe('if9');
  interfaces.close();
  expect(host.attached.size).toBe(0);
});

test('the reason of a fall-back follows', () => {
  const host = fakeHost('veth0');
  host.note = 'native is refused (MTU 9000)';
  host.watch('veth0').attachAll();
  expect(host.news()).toEqual(['attached to veth0 (native): native is refused (MTU 9000)']);
});

test('if one cannot be attached to, none stays attached', () => {
  const host = fakeHost('veth0');
  expect(() => host.watch('veth0', 'veth1').attachAll()).toThrow(
    'attaching to veth1: no such interface: did you mean veth0?',
  );
  expect(host.attached.size).toBe(0);
});

test('what was attached before stays when a start fails, and when it is left', () => {
  const host = fakeHost('veth0', 'veth1');
  host.attached.add(1);
  expect(() => host.watch('veth0', 'veth1', 'veth2').attachAll()).toThrow('attaching to veth2');
  expect([...host.attached]).toEqual([1]);
  const interfaces = host.watch('veth0', 'veth1');
  interfaces.attachAll();
  interfaces.leave();
  interfaces.close();
  expect([...host.attached]).toEqual([1, 2]);
});

test('one that vanishes is told once and attached again under its new number', () => {
  const host = fakeHost('veth0', 'veth1');
  const interfaces = host.watch('veth0', 'veth1');
  interfaces.attachAll();
  host.news();
  host.remove('veth0');
  interfaces.poll();
  interfaces.poll();
  expect(host.news()).toEqual(['warning: veth0 is gone: waiting until it is back']);
  expect(interfaces.nameOf(1)).toBe('veth0');
  host.links.push({ ifindex: 77, name: 'veth0', up: true });
  interfaces.poll();
  expect(host.news()).toEqual(['attached to veth0 (native)']);
  expect([...host.attached]).toEqual([2, 77]);
  expect(interfaces.nameOf(77)).toBe('veth0');
});

test('of each that was asked for it is known whether it is attached', () => {
  const host = fakeHost('veth0', 'veth1', 'veth2');
  const interfaces = host.watch('veth1', 'veth0');
  const states = () => interfaces.state().map(({ name, isAttached }) => `${name} ${isAttached}`);
  expect(states()).toEqual(['veth1 false', 'veth0 false']);
  interfaces.attachAll();
  expect(states()).toEqual(['veth1 true', 'veth0 true']);
  host.remove('veth0');
  interfaces.poll();
  expect(states()).toEqual(['veth1 true', 'veth0 false']);
});

test('one that was replaced between two looks is attached again at once', () => {
  const host = fakeHost('veth0');
  const interfaces = host.watch('veth0');
  interfaces.attachAll();
  host.news();
  host.remove('veth0');
  host.links.push({ ifindex: 5, name: 'veth0', up: true });
  interfaces.poll();
  expect(host.news()).toEqual(['warning: veth0 is gone: waiting until it is back', 'attached to veth0 (native)']);
});

test('one whose program was taken off, or that came back under its old number, is attached again', () => {
  const host = fakeHost('veth0');
  const interfaces = host.watch('veth0');
  interfaces.attachAll();
  host.news();
  host.attached.clear();
  interfaces.poll();
  expect([...host.attached]).toEqual([1]);
  expect(host.news()).toEqual([
    'warning: veth0: the program was taken off: attaching again',
    'attached to veth0 (native)',
  ]);
});

test('when all are gone it says so once and waits', () => {
  const host = fakeHost('veth0');
  const interfaces = host.watch('veth0');
  interfaces.attachAll();
  host.news();
  host.remove('veth0');
  interfaces.poll();
  interfaces.poll();
  expect(host.news()).toEqual([
    'warning: veth0 is gone: waiting until it is back',
    'warning: no interface is left: waiting until one is back',
  ]);
});

test('a renamed one stays attached', () => {
  const host = fakeHost('veth0');
  const interfaces = host.watch('veth0');
  interfaces.attachAll();
  host.news();
  host.links = [{ ifindex: 1, name: 'wan', up: true }];
  interfaces.poll();
  expect(host.news()).toEqual([]);
  expect(interfaces.nameOf(1)).toBe('wan');
});

test('down is a warning, up again is told', () => {
  const host = fakeHost('veth0');
  const set = (up: boolean) => (host.links = [{ ifindex: 1, name: 'veth0', up }]);
  set(false);
  const interfaces = host.watch('veth0');
  interfaces.attachAll();
  interfaces.poll();
  set(true);
  interfaces.poll();
  set(false);
  interfaces.poll();
  expect(host.news()).toEqual([
    'attached to veth0 (native)',
    'warning: veth0 is down: it shows no packets until it is up',
    'veth0 is up',
    'warning: veth0 is down: it shows no packets until it is up',
  ]);
});

test('a refusal to attach again is told once, and tried on', () => {
  const host = fakeHost('veth0');
  const interfaces = host.watch('veth0');
  interfaces.attachAll();
  host.remove('veth0');
  interfaces.poll();
  host.news();
  host.links.push({ ifindex: 5, name: 'veth0', up: true });
  host.refuse = new Error('attaching to veth0: busy');
  interfaces.poll();
  interfaces.poll();
  expect(host.news()).toEqual(['warning: attaching to veth0: busy']);
  host.refuse = undefined;
  interfaces.poll();
  expect(host.news()).toEqual(['attached to veth0 (native)']);
});

test('a name that is like no other shows what there is', () => {
  expect(() => findLink('wlan7', fakeHost('lo', 'eth0').links)).toThrow('no such interface: there are lo, eth0');
});
