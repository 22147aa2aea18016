import { Writable } from 'node:stream';
import type { AllowEntry, StateStore } from '@scanward/daemon';
import { parseAddress } from '../src/flags/prefix.ts';
import type { Host } from '../src/host.ts';
import type { Attach } from '../src/interfaces.ts';
import { notKept } from '../src/kernel/keeping.ts';
import type { Loaded } from '../src/kernel/load.ts';
import { Place } from '../src/pins/place.ts';
import type { System } from '../src/run.ts';
import { FakeMetrics } from './fake-metrics.ts';
import { systemClock } from '../src/system/clock.ts';

const none = { packets: 0n, bytes: 0n };

/** A stream that keeps what is written to it. */
class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A process and a host in memory, and a record of what was done to them. */
export function fakeSystem() {
  const done: string[] = [];
  const listeners = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>();
  const hangUps = new Set<() => void>();
  const files: Record<string, string> = { '/proc/self/status': 'CapEff:\t000001ffffffffff\n' };
  let closed: (gone: boolean) => void = () => undefined;
  const fake = {
    done,
    files,
    stdout: new Kept(),
    stderr: new Kept(),
    links: [
      { ifindex: 1, name: 'lo', up: true },
      { ifindex: 2, name: 'eth0', up: true },
    ],
    /** Thrown by the attachment to this interface. */
    refusals: new Map<string, Error>(),
    loadError: undefined as Error | undefined,
    policyError: undefined as Error | undefined,
    drainError: undefined as Error | undefined,
    listenError: undefined as Error | undefined,
    listenersClosed: 0,
    state: undefined as StateStore | undefined,
    allowed: [] as AllowEntry[],
    keeping: notKept,
    metrics: new FakeMetrics(done),
    /** From now on what is loaded is pinned. */
    pin: () => {
      const step = (name: string) => () => void done.push(name);
      fake.keeping = {
        ...notKept,
        place: new Place('/bpffs', 'wan'),
        notes: ['goes on with what was pinned'],
        warnings: ['something is odd'],
        keep: step('keep'),
        settle: (names) => {
          done.push(`settle ${names.join()}`);
          return ['eth7'];
        },
        revert: step('revert'),
        remove: step('remove'),
      };
    },
    hangUp: () => {
      for (const listener of hangUps) listener();
    },
    signal: (name: 'SIGINT' | 'SIGTERM') => {
      for (const listener of listeners) listener(name);
    },
    readerGone: () => closed(true),
    listening: () => listeners.size + hangUps.size,
  };
  const host: Host = {
    pid: 1,
    environment: {},
    stdout: fake.stdout,
    stderr: fake.stderr,
    isTerminal: false,
    isErrorTerminal: false,
    journal: { stdout: false, stderr: false },
    onSignal: (callback) => {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
    onReload: (callback) => {
      hangUps.add(callback);
      return () => void hangUps.delete(callback);
    },
    exit: (code) => void done.push(`exit ${code}`),
  };
  const attach: Attach = (link) => {
    const refusal = fake.refusals.get(link.name);
    if (refusal) throw refusal;
    done.push(`attach ${link.name}`);
    const close = () => void done.push(`detach ${link.name}`);
    const leave = () => void done.push(`leave ${link.name}`);
    const revert = () => void done.push(`revert ${link.name}`);
    return { mode: 'native', ifindex: () => link.ifindex, close, leave, revert };
  };
  const loaded = (): Loaded => ({
    program: undefined as never,
    endian: 'little',
    sourceKeys: [1n, 2n, 3n, 4n, 5n],
    events: {
      drainConnections: () => {
        if (fake.drainError) throw fake.drainError;
        return 0;
      },
      drainScans: () => 0,
      scansWaiting: () => new Promise<boolean>(() => undefined),
    },
    blocks: {
      entries: () => [],
      get: () => undefined,
      add: () => true,
      remove: () => false,
      getNet: () => undefined,
      addNet: () => true,
      removeNet: () => false,
      addAll: (blocks) => blocks.length,
      removeAll: () => 0,
    },
    sources: { visit: () => undefined, forget: () => undefined, sweep: () => 0 },
    counters: {
      read: () => ({
        verdicts: Array.from({ length: 11 }, () => none),
        connectionsLost: 0n,
        scansLost: 0n,
        blocksMade: 0n,
        blocksRefused: 0n,
        blocksCapped: 0n,
        sourcesEvicted: 0n,
        singlesEvicted: 0n,
        synsEvicted: 0n,
      }),
    },
    allow: {
      entries: () => fake.allowed,
      add: (entry) => fake.allowed.push(entry) > 0,
      addAll: (entries) => (fake.allowed.push(...entries), entries.length),
      remove: () => false,
    },
    local: { entries: () => [], add: () => true, remove: () => false },
    graces: { entries: () => [], set: () => true, remove: () => false },
    notes: { entries: () => [], get: () => undefined, set: () => true, remove: () => false },
    policy: {
      write: () => {
        if (fake.policyError) throw fake.policyError;
        done.push('policy');
      },
    },
    kernelBytes: 40 * 2 ** 20,
    keeping: fake.keeping,
    tables: { read: () => ({ blocks: 0, nets: 0, max: { blocks: 9, nets: 9, allow: 9, sources: 9 } }) },
    changes: undefined,
    close: () => void done.push('close'),
  });
  const system: System = {
    clock: systemClock,
    readText: (path) => files[path],
    release: '6.18.0',
    dropPrivileges: ({ user }) => {
      if (user !== undefined) done.push(`become ${user}`);
    },
    openList: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('there is no such file');
      return text.split('\n');
    },
    version: () => '1.2.3',
    metrics: fake.metrics,
    listening: { at: () => undefined },
    arrayBytes: () => process.memoryUsage().arrayBuffers,
    network: {
      addresses: () => [{ ifindex: 2, address: parseAddress('10.0.0.5')! }],
      routes: () => [
        {
          destination: { address: parseAddress('0.0.0.0')!, bits: 96 },
          gateways: [parseAddress('10.0.0.1')!],
          ifindex: 2,
          metric: 0,
        },
      ],
      links: () => fake.links,
    },
    load: () => {
      if (fake.loadError) throw fake.loadError;
      done.push('load');
      return loaded();
    },
    state: () => fake.state,
    listeners: () => {
      if (fake.listenError) return Promise.reject(fake.listenError);
      const close = async () => {
        fake.listenersClosed++;
        await Promise.resolve();
      };
      return Promise.resolve({ take: () => undefined, close });
    },
    attach: () => attach,
    stdoutClosed: (cancel) =>
      new Promise((resolve) => {
        closed = resolve;
        cancel.addEventListener('abort', () => {
          resolve(false);
        });
      }),
  };
  return Object.assign(fake, { host, system });
}
