import type { Log } from '@scanward/daemon';
import {
  type CapturedPacket,
  type CapturedSockets,
  completeFrame,
  type HostSide,
  parseFrame,
  type Sighting,
  toEthernet,
} from '@scanward/packet';
import type { Engine } from './engine.ts';
import { type Held, Lookahead } from './lookahead.ts';
import type { ReplayClock } from './replay-clock.ts';

/** A packet of a capture, parsed. */
export interface Packet extends Sighting, Held {
  /** Where it stands, for messages. */
  readonly place: string;
}

/** A packet as the engines take it: an Ethernet frame in its whole length. */
export function packetOf(captured: CapturedPacket, name: string): Packet {
  const { bytes, frameLength, ...more } = toEthernet(captured);
  const whole = completeFrame(bytes, frameLength);
  const place = `byte ${captured.offset} of ${name}`;
  return {
    frame: { bytes: whole, frameLength, ...more },
    parsed: parseFrame(whole),
    timeNs: captured.timeNs,
    bytes: whole.length,
    place,
  };
}

/** How many packets went which way. */
export interface Played {
  readonly received: number;
  readonly sent: number;
  /** They were longer than the engine takes. */
  readonly leftOut: number;
  /** Times at which the capture's clock was set back or far ahead. */
  readonly clockSet: number;
}

export interface Stage {
  readonly engine: Engine;
  readonly clock: ReplayClock;
  readonly side: HostSide;
  readonly sockets: CapturedSockets;
  readonly log: Log;
}

/** Plays packets to an engine: what the host received, on the capture's clock, with the sockets that the host had. */
export class Player {
  readonly #stage: Stage;
  readonly #ahead = new Lookahead<Packet & { readonly isSent: boolean }>();
  readonly #played = { received: 0, sent: 0, leftOut: 0, clockSet: 0 };

  constructor(stage: Stage) {
    this.#stage = stage;
    for (const address of stage.side.addresses()) stage.engine.ports.local.add(address);
  }

  get played(): Played {
    return { ...this.#played };
  }

  /** Takes the next packet of the capture; those before it are played when enough of what followed them is known. */
  async take(packet: Packet): Promise<void> {
    const { side, engine, sockets } = this.#stage;
    const isSent = side.isSent(packet);
    const learned = side.learn(packet);
    if (learned) engine.ports.local.add(learned);
    if (isSent) sockets.foresee(packet.parsed, packet.frame.bytes);
    for (const next of this.#ahead.add({ ...packet, isSent })) await this.#play(next);
  }

  /** Plays what is left. */
  async finish(): Promise<void> {
    for (const next of this.#ahead.rest()) await this.#play(next);
  }

  async #play({ frame, parsed, isSent, timeNs, place }: Packet & { readonly isSent: boolean }): Promise<void> {
    const { clock, engine, sockets } = this.#stage;
    this.#reach(timeNs, place);
    if (isSent) {
      this.#played.sent++;
      sockets.sent(parsed, clock.monotonicNs());
      return;
    }
    this.#played.received++;
    if (!engine.receive(frame.bytes, parsed, clock.monotonicNs())) this.#played.leftOut++;
    sockets.received(parsed, clock.monotonicNs());
    await engine.told();
  }

  #reach(timeNs: bigint, place: string): void {
    const step = this.#stage.clock.reach(timeNs);
    if (step !== 'back' && step !== 'leap') return;
    this.#played.clockSet++;
    if (this.#played.clockSet > TOLD_MAX) return;
    const how = step === 'back' ? 'goes back' : 'leaps more than a month ahead';
    this.#stage.log.warn(`the capture's clock ${how} at ${place}: windows and blocks go on from where they stood`);
  }
}

/** So many times it is told that the capture's clock was set; then they are only counted. */
const TOLD_MAX = 3;
