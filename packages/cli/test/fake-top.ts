import { Writable } from 'node:stream';
import type { Clock } from '@scanward/daemon';
import type { TopRequest } from '../src/flags/request.ts';
import type { Host } from '../src/host.ts';
import type { TerminalEvents } from '../src/top/terminal.ts';
import type { TopSystem } from '../src/top/top-system.ts';
import { fakeInstance, NOW } from './fake-instance.ts';

// Clocks are shown in local time.
process.env['TZ'] = 'UTC';

/** A clock that is always at the next thing that waits for it: nothing has to be waited for. */
export function hastyClock(): Clock {
  let ns = NOW.monotonicNs;
  return {
    monotonicNs: () => ns,
    wallMs: () => NOW.wallMs + Number(ns - NOW.monotonicNs) / 1e6,
    after(ms, callback) {
      const dueNs = ns + BigInt(Math.round(ms * 1e6));
      const timer = setImmediate(() => {
        if (dueNs > ns) ns = dueNs;
        callback();
      });
      return () => {
        clearImmediate(timer);
      };
    },
  };
}

/** An instance, a terminal and a process in memory. */
export function fakeTop(fake = fakeInstance()) {
  let events: TerminalEvents | undefined;
  let signalled: () => void = () => undefined;
  const top = {
    ...{ fake, written: [] as string[], printed: [] as string[], size: { columns: 80, rows: 24 }, kept: 0 },
    /** Thrown when the instance is opened. */
    refusal: undefined as Error | undefined,
    /** Thrown when the state file is to be written. */
    unkept: undefined as Error | undefined,
    /** The next line finds no reader. */
    readerGone: false,
    /** Called with everything that is drawn or printed. */
    watch: (() => undefined) as (text: string) => void,
    isTaken: () => events !== undefined,
    type: (text: string) => {
      for (const sequence of text) events?.key({ sequence, name: sequence });
    },
    key: (name: string, ctrl = false) => events?.key({ name, ctrl }),
    resize: (columns: number, rows: number) => {
      top.size = { columns, rows };
      events?.resized();
    },
    hangUp: () => events?.gone(),
    signal: () => {
      signalled();
    },
    /** What was drawn last, without what tells a terminal how. */
    // eslint-disable-next-line no-control-regex
    screen: () => (top.written.at(-1) ?? '').replace(/\u001b\[\d+;1H/g, '\n').replace(/\u001b\[[\d;?]*[A-Za-z]/g, ''),
  };
  const system: TopSystem = {
    clock: hastyClock(),
    readText: () => 'CapEff:\t000001ffffffffff\n',
    release: '6.18.0',
    open: () => {
      if (top.refusal) throw top.refusal;
      return fake.instance;
    },
    keep: () => {
      top.kept++;
      return top.unkept ? Promise.reject(top.unkept) : Promise.resolve();
    },
    terminal: {
      size: () => top.size,
      write: (text) => {
        top.written.push(text);
        top.watch(text);
      },
      take: (given, enter, leave) => {
        events = given;
        top.written.push(enter);
        return () => {
          events = undefined;
          top.written.push(leave);
        };
      },
    },
  };
  const stdout = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (top.readerGone) {
        done(Object.assign(new Error('gone'), { code: 'EPIPE' }));
        return;
      }
      top.printed.push(chunk.toString());
      top.watch(chunk.toString());
      done();
    },
  });
  const host = (isTerminal: boolean, environment = {}): Host => ({
    ...{ pid: 1, environment, stdout, stderr: stdout, isTerminal },
    isErrorTerminal: false,
    journal: { stdout: false, stderr: false },
    onReload: () => () => undefined,
    onSignal: (callback) => {
      signalled = () => {
        callback('SIGTERM');
      };
      return () => (signalled = () => undefined);
    },
    exit: () => undefined,
  });
  const request: TopRequest = {
    ...{ command: 'top', options: { intervalMs: 1_000, count: undefined }, json: false, state: undefined },
    place: { bpffs: undefined, name: 'default' },
  };
  return Object.assign(top, { system, host, request });
}
