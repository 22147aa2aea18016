import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StateEntry } from '@scanward/daemon';
import { frameTo, Scanward, send, syn } from '@scanward/testkit';
import { expect } from 'vitest';
import { Appearance } from './appearance.ts';
import type { Guarded, Said } from './commands.ts';
import { pinsIn } from './pinned.ts';
import type { Random } from './random.ts';
import { changed, inFile, type Lasting, leftBeside, Remains } from './what-lasts.ts';

/** The latest kill, in milliseconds after the process was made: the program is attached after some 400. */
const LATEST_MS = 1_500;
/** More than these are needed to be blocked: half of twice as many are, whichever program counts them. */
const PORTS = 4;

/** How many kills came when. */
export interface Tally {
  /** Before the daemon had attached. */
  early: number;
  /** While a set replaced another one. */
  between: number;
  /** When nothing was pinned. */
  unpinned: number;
  /** While the state file was written. */
  writing: number;
  /** While it stopped. */
  stopping: number;
}

type Moment = 'any' | 'stopping' | 'writing' | 'replacing';
const MOMENTS: readonly Moment[] = [
  'any',
  'any',
  'any',
  'any',
  'any',
  'any',
  'any',
  'stopping',
  'writing',
  'replacing',
];

/** Rounds of a daemon's life, and what has to be there after each. */
export class KillRounds {
  readonly tally: Tally = { early: 0, between: 0, unpinned: 0, writing: 0, stopping: 0 };
  readonly #place: Guarded;
  readonly #random: Random;
  readonly #remains: Remains;
  /** What was made and not lifted, as it was read first. */
  readonly #made = new Map<string, StateEntry>();
  readonly #lifted = new Set<string>();
  #maxBlocks = 5_000;
  #sources = 0;
  #nets = 0;

  constructor(place: Guarded, random: Random) {
    this.#place = place;
    this.#random = random;
    this.#remains = new Remains(place.bpffs);
  }

  /** Starts a daemon, scans, and kills it at some moment; a command may come in between, before or after. */
  async kill(): Promise<void> {
    const wasAttached = this.#remains.isAttached();
    const moment = this.#random.some(MOMENTS, 1)[0]!;
    const isStopping = moment === 'stopping';
    const source = this.#newSource();
    const [aliveMs, scanMs, commandMs] = [this.#moment(), this.#moment(), this.#moment()];
    const watched = this.#watched(moment);
    const daemon = this.#spawn(moment === 'replacing' || this.#random.chance(0.3));
    const scanning = sleep(Math.min(scanMs, aliveMs)).then(() => this.#scan(source, 2 * PORTS));
    const asked = isStopping || this.#random.chance(0.6) ? undefined : this.#anyCommand();
    const commanding = sleep(Math.min(commandMs, aliveMs)).then(() => asked?.());
    try {
      await (watched ? Promise.race([watched.seen, sleep(LATEST_MS)]) : sleep(aliveMs));
      if (isStopping) daemon.signal('SIGTERM');
      if (isStopping) await sleep(this.#random.below(200));
    } finally {
      await daemon.kill();
      watched?.close();
      await Promise.all([scanning, commanding]);
    }
    const { exitCode, signal } = await daemon.ended();
    if (isStopping) expect([0, undefined]).toContain(exitCode);
    else expect([exitCode, signal], daemon.stderr.texts.join('\n')).toEqual([undefined, 'SIGKILL']);
    expect(daemon.stderr.matching(/warning|cannot/)).toEqual([]);
    this.#count(daemon, isStopping);
    if (wasAttached && !isStopping) {
      expect(this.#remains.isAttached()).toBe(true);
      this.#note(`block ${source}`);
    }
    this.look();
    if (this.#remains.isAttached() && this.#remains.sets().length === 1) await this.#useUnguarded();
  }

  /** A start lasts, and a stop leaves the state file alone, with everything in it. */
  async stop(): Promise<void> {
    await using daemon = await Scanward.start(this.#place.victim.ns, { args: this.#args() });
    this.look();
    expect(await daemon.stop()).toEqual({ exitCode: 0, signal: undefined });
    expect(daemon.stderr.matching(/warning|cannot/)).toEqual([]);
    expect(pinsIn(this.#place.bpffs)).toEqual([]);
    expect(leftBeside(this.#place.statePath)).toEqual([]);
    this.look();
  }

  /** No daemon runs: what is blocked is dropped to the packet, scanners are blocked, commands work. */
  async #useUnguarded(): Promise<void> {
    const { victim, attacker } = this.#place;
    const before = this.#remains.dropped();
    const names = this.#random.some(this.#madeOf('block '), 5);
    const frames = names.map((name) =>
      frameTo(attacker, victim, syn(9), { source: name.slice('block '.length).replace('/28', '') }),
    );
    await send(attacker.ns, frames);
    expect(this.#remains.dropped() - before, names.join()).toBe(names.length);
    const source = this.#newSource();
    await this.#scan(source, PORTS);
    this.#note(`block ${source}`);
    if (this.#random.chance(0.3)) await this.#anyCommand()();
    this.look();
  }

  /** All that was made is there as it was made, nothing that was lifted is, and the file is whole. */
  look(): void {
    const file = inFile(this.#place.statePath);
    const there = this.#remains.lasting() ?? file ?? new Map<string, StateEntry>();
    for (const [name, made] of this.#made) expect(changed(made, there.get(name)), name).toBeUndefined();
    expect([...there.keys()].filter((name) => this.#lifted.has(name))).toEqual([]);
    // A scan that came before the program was attached may have been seen in part.
    for (const name of there.keys()) if (!this.#made.has(name)) this.#note(name);
    expect(leftBeside(this.#place.statePath).length).toBeLessThanOrEqual(1);
  }

  #note(name: string): void {
    const there: Lasting = this.#remains.lasting() ?? inFile(this.#place.statePath) ?? new Map<string, StateEntry>();
    expect([...there.keys()]).toContain(name);
    this.#made.set(name, there.get(name)!);
    this.#lifted.delete(name);
  }

  #count(daemon: Scanward, isStopping: boolean): void {
    if (daemon.stderr.matching(/attached to/).length === 0) this.tally.early++;
    if (this.#remains.sets().some((name) => name.endsWith('-former'))) this.tally.between++;
    if (this.#remains.sets().length === 0) this.tally.unpinned++;
    if (leftBeside(this.#place.statePath).length > 0) this.tally.writing++;
    if (isStopping) this.tally.stopping++;
  }

  /** Chosen now, done when it is called: what it names is not chosen twice. */
  #anyCommand(): () => Promise<void> {
    const [blocked] = this.#random.some(this.#madeOf('block '), 1);
    const kind = this.#random.below(blocked === undefined ? 3 : 5);
    if (kind < 3) {
      const [verb, prefix] = [
        ['block', this.#newSource()],
        ['block', `10.77.${200 + (this.#nets >> 4)}.${(this.#nets++ % 16) * 16}/28`],
        ['allow add', this.#newSource()],
      ][kind] as [string, string];
      const more = verb === 'block' ? this.#random.some([' --forever', ' --for 2h', ' --reason why'], 1)[0]! : '';
      return async () => {
        if (this.#isDone(await this.#place.run(`${verb} ${prefix}${more}`)))
          this.#note(`${verb.split(' ')[0]!} ${prefix}`);
      };
    }
    const prefix = blocked!.slice('block '.length);
    const grace = kind === 3 ? '' : ' --grace 10m';
    return async () => {
      if (!this.#isDone(await this.#place.run(`unblock ${prefix}${grace}`))) return;
      this.#made.delete(blocked!);
      this.#lifted.add(blocked!);
      if (grace !== '') this.#note(`grace ${prefix}`);
    };
  }

  /** Nothing is pinned yet, or a daemon is replacing it: that is said, and nothing is done. */
  #isDone({ exitCode, stderr }: Said): boolean {
    expect([0, 9, 10], stderr).toContain(exitCode);
    return exitCode === 0;
  }

  #spawn(isResized: boolean): Scanward {
    return Scanward.spawn(this.#place.victim.ns, { args: this.#args(isResized) });
  }

  /** What is too short to be hit by chance is waited for. */
  #watched(moment: Moment): Appearance | undefined {
    const { bpffs, statePath } = this.#place;
    if (moment === 'writing') return new Appearance(dirname(statePath), /\.tmp-/);
    if (moment === 'replacing' && this.#remains.sets().length > 0)
      return new Appearance(`${bpffs}/default`, /-former$/);
    return undefined;
  }

  /** With other sizes than before the maps are replaced. */
  #args(isResized = false): string[] {
    const { bpffs, statePath } = this.#place;
    if (isResized) this.#maxBlocks = this.#maxBlocks === 5_000 ? 6_000 : 5_000;
    const sizes = ['--max-blocks', String(this.#maxBlocks)];
    // Their scanners are many, and a crowd's blocks are made shorter as it grows.
    return ['--bpffs', bpffs, '--state', statePath, '-t', '50ms', '--probation', '1h', ...sizes];
  }

  /** Sooner more often than later: most of what can be torn apart is in a start. */
  #moment(): number {
    return LATEST_MS * this.#random.next() ** 1.7;
  }

  #newSource(): string {
    const n = this.#sources++;
    return `10.77.${16 + (n >> 8)}.${n & 0xff}`;
  }

  #madeOf(kind: string): string[] {
    return [...this.#made.keys()].filter((name) => name.startsWith(kind));
  }

  async #scan(source: string, ports: number): Promise<void> {
    const { victim, attacker } = this.#place;
    const frames = Array.from({ length: ports }, (_, i) =>
      frameTo(attacker, victim, syn(1_000 + 8 * (this.#sources % 5_000) + i), { source }),
    );
    await send(attacker.ns, frames, { gapUs: 500 });
  }
}
