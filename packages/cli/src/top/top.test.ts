import { expect, test } from 'vitest';
import { blockOf, fakeInstance, NOW, sourceOf } from '../../test/fake-instance.ts';
import { fakeTop } from '../../test/fake-top.ts';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { ENTER, LEAVE } from './screen-text.ts';
import { top } from './top.ts';

const SECOND = 1_000_000_000n;

function full() {
  const fake = fakeInstance();
  fake.seen.push(
    sourceOf('192.0.2.56', [80, 22, 443, 21]),
    sourceOf('192.0.2.57', [8080, 1]),
    sourceOf('2001:db8:bad::/64', [65_535, 1_024, 1_023]),
  );
  fake.block(blockOf('192.0.2.56', { packets: 1_024n, bytes: 61_440n }));
  fake.block(blockOf('203.0.113.9', { reason: 'operator', expiryNs: 0n, packets: 7n }));
  fake.block(blockOf('198.51.100.0/24', { reason: 'operator', isNet: true, startNs: NOW.monotonicNs - 10n * SECOND }));
  fake.note('192.0.2.56', { ports: [80, 22, 443, 21] });
  fake.note('198.51.100.0/24', { text: 'warned twice \u001b[31m\u0007' });
  return fake;
}

type Fake = ReturnType<typeof fakeTop>;

/** Starts the view, and ends it by Ctrl-C when the steps are done. */
async function seen(fake: Fake, steps: (until: (what: string | RegExp) => Promise<void>) => Promise<void>) {
  const running = top(fake.request, fake.host(true, { NO_COLOR: '1' }), fake.system);
  const until = async (what: string | RegExp) => {
    for (let i = 0; i < 500; i++) {
      if (typeof what === 'string' ? fake.screen().includes(what) : what.test(fake.screen())) return;
      await new Promise(setImmediate);
    }
    throw new Error(`no ${String(what)} in:\n${fake.screen()}`);
  };
  const done = (async () => {
    await until('SOURCES');
    await steps(until);
    fake.key('c', true);
  })();
  await Promise.all([running, done]);
  return fake;
}

test('the picture, and the terminal as it was', async () => {
  const fake = fakeTop(full());
  await seen(fake, async (until) => {
    await until('max 0');
    expect(fake.screen()).toContain('SOURCES 3');
    expect(fake.screen()).toContain('BLOCKS 3');
    expect(fake.screen()).toMatch(/192\.0\.2\.56 +4 BLOCKED/);
    fake.resize(30, 5);
    expect(fake.screen()).toContain('too small: 30x5');
    fake.resize(200, 60);
    expect(fake.screen()).toContain('LAST PORTS');
    expect(fake.screen()).toContain('operator: warned twice ?[31m?');
  });
  expect(fake.written[0]).toBe(ENTER);
  expect(fake.written.at(-1)).toBe(LEAVE);
  expect(fake.fake.done).toContain('close');
});

test('b asks, and blocks the selected source under the lock; the state file is kept', async () => {
  const fake = fakeTop(full());
  await seen(fake, async (until) => {
    fake.key('down');
    fake.key('down');
    await until(/>192\.0\.2\.57/);
    fake.type('b');
    expect(fake.screen()).toContain('Block 192.0.2.57 for 1h?');
    fake.type('n');
    expect(fake.screen()).not.toContain('Block 192');
    fake.type('xyb');
    expect(fake.fake.names()).not.toContain('192.0.2.57');
    fake.type('y');
    await until('Blocked 192.0.2.57 until');
    await until('BLOCKS 4');
  });
  expect(fake.fake.names()).toContain('192.0.2.57');
  expect(fake.fake.done.filter((step) => step === 'lock')).toHaveLength(1);
  expect(fake.kept).toBe(1);
});

test('u lifts the selected block, a allows', async () => {
  const fake = fakeTop(full());
  await seen(fake, async (until) => {
    fake.type('u');
    expect(fake.screen()).toContain('u lifts a block: Tab leads to them');
    fake.key('tab');
    fake.type('uy');
    await until('Unblocked 192.0.2.56');
    await until('BLOCKS 2');
    fake.type('ay');
    await until('Allowed 203.0.113.9: 1 block lifted');
  });
  expect(fake.fake.names()).toEqual(['198.51.100.0/24']);
  expect([...fake.fake.allowed.keys()]).toEqual(['203.0.113.9']);
});

test('what a key cannot do is said, and ends nothing', async () => {
  const fake = fakeTop(full());
  fake.unkept = new OperatorError(ExitCode.state, 'writing the state file x', 'no room');
  await seen(fake, async (until) => {
    fake.fake.allow('192.0.2.56', 'operator');
    fake.type('by');
    await until(/^blocking 192\.0\.2\.56: 192\.0\.2\.56 \(operator\) is allowed: it was given with/m);
    fake.key('down');
    fake.key('down');
    fake.type('by');
    await until(/^Blocked 192\.0\.2\.57 until .*; writing the state file x:\s+no\s+room/m);
  });
});

test('paused nothing moves until it goes on', async () => {
  const fake = fakeTop(full());
  await seen(fake, async (until) => {
    fake.type('p');
    await until('PAUSED');
    const before = fake.screen();
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    expect(fake.screen()).toBe(before);
    fake.type(' ');
    await until(/^(?!.*PAUSED)/s);
  });
});

test('orders: s the next one, r the other way round', async () => {
  const fake = fakeTop(full());
  const names = () => [...fake.screen().matchAll(/^[> ](192\.\S+|2001\S+) /gm)].map(([, name]) => name).slice(0, 3);
  await seen(fake, async (until) => {
    await until('PORTS▼');
    expect(names()).toEqual(['192.0.2.56', '2001:db8:bad::/64', '192.0.2.57']);
    fake.type('ss');
    await until('SOURCES 3▼');
    expect(names()).toEqual(['192.0.2.56', '192.0.2.57', '2001:db8:bad::/64']);
    fake.type('r');
    await until('SOURCES 3▲');
    expect(names()).toEqual(['2001:db8:bad::/64', '192.0.2.57', '192.0.2.56']);
  });
});

test('an instance that goes ends it with code 9, and the terminal as it was', async () => {
  const fake = fakeTop(full());
  const running = seen(fake, () => {
    fake.fake.isThere = false;
    fake.refusal = new OperatorError(ExitCode.absent, 'opening', 'none');
    return new Promise((resolve) => setTimeout(resolve, 20));
  });
  await expect(running).rejects.toMatchObject({
    exitCode: 9,
    message: expect.stringContaining('watching instance default: it is gone') as string,
  });
  expect(fake.written.at(-1)).toBe(LEAVE);
});

test('while its maps are replaced it says so and goes on', async () => {
  const fake = fakeTop(full());
  await seen(fake, async (until) => {
    fake.fake.isThere = false;
    fake.refusal = new OperatorError(ExitCode.busy, 'opening instance default', 'try again');
    await until('opening instance default: try again');
    fake.refusal = undefined;
    fake.fake.isThere = true;
    fake.key('down');
    await until(/q quit/);
  });
});

test.each([
  ['a signal', (fake: Fake) => fake.signal()],
  ['a terminal that hangs up', (fake: Fake) => fake.hangUp()],
  ['q', (fake: Fake) => fake.type('q')],
])('%s ends it', async (_what, end) => {
  const fake = fakeTop(full());
  fake.watch = (text) => {
    if (text.includes('SOURCES')) end(fake);
  };
  await top(fake.request, fake.host(true), fake.system);
  expect(fake.written.at(-1)).toBe(LEAVE);
  expect(fake.written.some((text) => text.includes('\u001b[31m'))).toBe(true);
});

test('so many intervals, of which the last picture stays', async () => {
  const fake = fakeTop(full());
  await top(
    { ...fake.request, options: { intervalMs: 100, count: 2 } },
    fake.host(true, { NO_COLOR: '' }),
    fake.system,
  );
  expect(fake.written.at(-2)).toBe(LEAVE);
  expect(fake.written.at(-1)).toContain('SOURCES 3');
  expect(fake.written.at(-1)!.split('\n')).toHaveLength(25);
});

test('an error that is none of ours gives the terminal back, too', async () => {
  const fake = fakeTop(full());
  fake.watch = (text) => {
    if (text.includes('SOURCES')) fake.fake.instance.counters.read = () => expect.fail('broken');
  };
  await expect(top(fake.request, fake.host(true), fake.system)).rejects.toMatchObject({ exitCode: 1 });
  expect(fake.written.at(-1)).toBe(LEAVE);
});

test('without a terminal: a line an interval, nothing else', async () => {
  const fake = fakeTop(full());
  fake.watch = () => void (fake.fake.counts.connections += 12n);
  await top({ ...fake.request, options: { intervalMs: 500, count: 2 } }, fake.host(false), fake.system);
  expect(fake.printed.map((line) => line.replace(/^[\d-]{10} [\d:]{8}/, ''))).toEqual([
    ': 0 connections/s, 0 probes/s, 0 drops/s; 3 sources, 3 blocks; lost nothing\n',
    ': 24 connections/s, 0 probes/s, 0 drops/s; 3 sources, 3 blocks; lost nothing\n',
  ]);
  expect(fake.written).toEqual([]);
});

test('as JSON, also on a terminal', async () => {
  const fake = fakeTop(full());
  fake.watch = () => void (fake.fake.counts.dropped += 5n);
  await top({ ...fake.request, options: { intervalMs: 500, count: 2 }, json: true }, fake.host(true), fake.system);
  expect(JSON.parse(fake.printed[1]!)).toMatchObject({
    name: 'default',
    daemon: { running: true, pid: 4711 },
    rates: { connections: 0, probes: 0, dropped: 10, dropped_bytes: 0 },
    connections: 12_345,
    lost: { scans: 0 },
    sources: { several_ports: 3, top: [{ source: '192.0.2.56', ports: [80, 22, 443, 21], blocked: true }, {}, {}] },
    blocks: {
      sources: 2,
      nets: 1,
      made: 7,
      top: [{ address: '192.0.2.56', packets: 1_024, packets_per_second: 0 }, {}, {}],
    },
  });
  expect(fake.written).toEqual([]);
});

test('a reader that is gone ends it cleanly, a disk that is full does not', async () => {
  const fake = fakeTop(full());
  fake.readerGone = true;
  await top(fake.request, fake.host(false), fake.system);
  expect(fake.printed).toEqual([]);
});

test('without rights, and without an instance', async () => {
  const fake = fakeTop(full());
  await expect(
    top(fake.request, fake.host(true), { ...fake.system, readText: () => 'CapEff:\t0\n' }),
  ).rejects.toMatchObject({ exitCode: 3 });
  fake.refusal = new OperatorError(ExitCode.absent, 'opening instance default', 'there is none');
  await expect(top(fake.request, fake.host(true), fake.system)).rejects.toMatchObject({ exitCode: 9 });
  expect(fake.written).toEqual([]);
});
