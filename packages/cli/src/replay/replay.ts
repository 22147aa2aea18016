import { type Clock, Daemon, formatAddress, formatPrefix, type Log, type NetworkState } from '@scanward/daemon';
import { type CapturedPacket, CapturedSockets, HostSide } from '@scanward/packet';
import { type Circumstances, attempt, toOperatorError } from '../describe-error.ts';
import { ExitCode } from '../exit-codes.ts';
import { daemonPolicy } from '../flags/policy-choice.ts';
import type { Host } from '../host.ts';
import { OperatorError } from '../operator-error.ts';
import { stderrLog } from '../system/stderr-log.ts';
import { counted } from '../tables/count.ts';
import { Captures, type OpenCapture } from './captures.ts';
import type { Engine, SocketStateOf } from './engine.ts';
import { type Packet, packetOf, Player } from './player.ts';
import { ReplayClock } from './replay-clock.ts';
import type { ReplayOptions } from './replay-options.ts';
import { WaitingLines } from './waiting-lines.ts';

/** What `replay` needs of the system; fakes in tests. */
export interface ReplaySystem {
  readonly circumstances: Circumstances;
  /** @param abort ends what is being read */
  readonly open: (abort: AbortSignal) => OpenCapture;
  /** @throws OperatorError, or what the loader throws */
  readonly engine: (options: ReplayOptions, sockets: SocketStateOf) => Engine;
}

/** By so many packets at the beginning it is guessed whose the capture is. */
const HEAD_PACKETS = 10_000;
const HEAD_BYTES = 16 * 1024 * 1024;
/** As of `run`. */
const TRACKING_PERIOD_MS = 1_000;
/** Addresses that are named in the line that says which were guessed. */
const NAMED_MAX = 8;

/**
 * Plays captures through the program or its model and reports as `run` does. When a capture cannot be read on, what came before
 * is reported first.
 *
 * @throws OperatorError
 */
export async function replay(options: ReplayOptions, host: Host, system: ReplaySystem): Promise<void> {
  const abort = new AbortController();
  const release = host.onSignal((signal) => {
    if (abort.signal.aborted) host.exit(signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.terminated);
    abort.abort();
  });
  const log = stderrLog(host.stderr, host.journal.stderr);
  const sockets = new CapturedSockets();
  const { circumstances } = system;
  const engine = attempt('preparing the engine', circumstances, () =>
    system.engine(options, (packet) => sockets.stateOf(packet)),
  );
  const lines = new WaitingLines(host.stdout);
  try {
    const captures = new Captures(options.files, system.open(abort.signal));
    const isJournal = host.journal.stdout;
    await new Replay(options, { engine, sockets, lines, log, isJournal, captures, abort: abort.signal }).run();
  } catch (error) {
    throw toOperatorError(error, 'replaying', circumstances);
  } finally {
    engine.close();
    release();
  }
}

interface Parts {
  readonly engine: Engine;
  readonly sockets: CapturedSockets;
  readonly lines: WaitingLines;
  readonly log: Log;
  readonly isJournal: boolean;
  readonly captures: Captures;
  readonly abort: AbortSignal;
}

/** What was started when the first packets were seen. */
interface Started {
  readonly daemon: Daemon;
  readonly player: Player;
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #parts: Parts;
  readonly #head: Packet[] = [];
  #headBytes = 0;
  #started: Started | undefined;
  #failure: unknown;

  constructor(options: ReplayOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  async run(): Promise<void> {
    let broken: OperatorError | undefined;
    try {
      await this.#read();
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      // What is told to end ends anywhere.
      if (!this.#parts.abort.aborted) broken = error;
    }
    const isNothing = this.#started === undefined && this.#head.length === 0;
    if (broken === undefined || !isNothing) await this.#finish();
    this.#checkLines();
    if (broken) throw broken;
  }

  async #read(): Promise<void> {
    const { captures, abort } = this.#parts;
    for await (const batch of captures.batches()) {
      for (const captured of batch) await this.#take(captured);
      if (abort.aborted || this.#parts.lines.failure) return;
    }
  }

  async #take(captured: CapturedPacket): Promise<void> {
    const packet = packetOf(captured, this.#parts.captures.name);
    if (this.#started) {
      await this.#play(this.#started, packet);
      return;
    }
    this.#head.push(packet);
    this.#headBytes += packet.bytes;
    if (this.#head.length >= HEAD_PACKETS || this.#headBytes >= HEAD_BYTES) await this.#begin();
  }

  /** Guesses whose the capture is, and plays what was held back for it. */
  async #begin(): Promise<Started> {
    const { local } = this.#options;
    const side = local.length > 0 ? HostSide.named(local) : HostSide.guessed(this.#head);
    this.#parts.log.info(describeSide(side, local));
    const clock = new ReplayClock();
    const first = this.#head[0];
    if (first) clock.reach(first.timeNs);
    const daemon = this.#daemon(side, clock);
    daemon.ended.catch((error: unknown) => {
      this.#failure = error;
      this.#parts.engine.abandon();
    });
    daemon.start();
    const { engine, sockets, log } = this.#parts;
    const started = { daemon, player: new Player({ engine, clock, side, sockets, log }) };
    this.#started = started;
    for (const packet of this.#head.splice(0)) await this.#play(started, packet);
    return started;
  }

  async #play({ player }: Started, packet: Packet): Promise<void> {
    await player.take(packet);
    this.#checkDaemon();
    if (this.#parts.lines.isFull) await this.#parts.lines.flush();
  }

  #checkDaemon(): void {
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  async #finish(): Promise<void> {
    const { log, lines, sockets } = this.#parts;
    const started = this.#started ?? (await this.#begin());
    const { daemon, player } = started;
    await player.finish();
    this.#checkDaemon();
    daemon.stop();
    await lines.flush();
    const { received, sent, leftOut, clockSet } = player.played;
    const longer = leftOut === 0 ? '' : `, ${counted(leftOut, 'packet')} too long for this kernel left out`;
    const set = clockSet === 0 ? '' : `, the clock set ${counted(clockSet, 'time')}`;
    log.info(`replayed ${counted(received + sent, 'packet')}: ${received} received, ${sent} sent${longer}${set}`);
    if (received > 0 && !sockets.hasSent) {
      log.warn(
        'the capture holds no TCP segment that the host sent: which ports are open, and who is connected, is not known',
      );
    }
  }

  #checkLines(): void {
    const { failure } = this.#parts.lines;
    if (failure === undefined || failure.code === 'EPIPE') return;
    const todo = `${failure.message}: make room, or send it elsewhere`;
    throw new OperatorError(ExitCode.runtime, 'writing to stdout', todo, { cause: failure });
  }

  #daemon(side: HostSide, clock: Clock): Daemon {
    const { engine, lines, log, isJournal } = this.#parts;
    const options = this.#options;
    const network = { read: () => networkOf(side, options) };
    const ports = { ...engine.ports, network, clock, lines, log, interfaceName: () => INTERFACE };
    return new Daemon(ports, {
      endian: engine.endian,
      policy: daemonPolicy(options),
      format: options.json ? 'json' : 'text',
      journal: isJournal,
      trackingPeriodMs: TRACKING_PERIOD_MS,
      blockingPeriodMs: options.detectScanPeriodMs,
      maxSources: options.maxSources,
      maxBlocks: options.maxBlocks,
      sourceKeys: engine.sourceKeys,
    });
  }
}

/** The name of the one interface that a replay has. */
const INTERFACE = 'capture';

/** Linux's own: those of the host are in no capture. */
const EPHEMERAL = { first: 32_768, last: 60_999 };

/** Who is never blocked: the host itself, and whom the operator names. What the host knew of its network is in no capture. */
function networkOf(side: HostSide, { allow }: ReplayOptions): NetworkState {
  const own = side.addresses().map((address) => ({ address, bits: 128, reason: 'own' as const }));
  return {
    allow: [...own, ...allow.map((prefix) => ({ ...prefix, reason: 'operator' as const }))],
    onlink: [],
    ephemeral: EPHEMERAL,
  };
}

function describeSide(side: HostSide, local: ReplayOptions['local']): string {
  const { rule } = side;
  if (rule.by === 'name')
    return `the host is ${local.map(({ address, bits }) => formatPrefix(address, bits)).join(', ')}`;
  if (rule.by === 'nothing') return 'whose capture it is cannot be guessed: it begins with no IP packet';
  const addresses = side.addresses().map((address) => formatAddress(address));
  const more = addresses.length > NAMED_MAX ? ` and ${addresses.length - NAMED_MAX} more` : '';
  const who = addresses.length === 0 ? 'unknown' : addresses.slice(0, NAMED_MAX).join(', ') + more;
  return `the host is ${who}: guessed, ${BECAUSE[rule.by]}; if that is wrong, name it with --local`;
}

const BECAUSE = {
  direction: 'since the capture says which way packets went',
  hardware: 'by the hardware address that most frames have',
  address: 'by the address that most packets have',
} as const;
