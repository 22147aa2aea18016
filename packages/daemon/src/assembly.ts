import { Detector } from '@scanward/detector';
import { Allowlist } from './allowlist.ts';
import { Blocking } from './blocking.ts';
import { Blocklist } from './blocklist.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { Deciding } from './deciding.ts';
import type { Told } from './deciding.ts';
import { jsonFormat } from './format-json.ts';
import { textFormat } from './format-text.ts';
import { Network } from './network.ts';
import { Output } from './output.ts';
import { detectorPolicy, policyValue, sourceBits } from './policy.ts';
import type { DaemonPorts, Prefix } from './ports.ts';
import { Tracking } from './tracking.ts';
import { WallClock } from './wall-clock.ts';

/** The watchers, plugged together; `Daemon` gives them their time. */
export interface Assembly {
  readonly output: Output;
  readonly list: Blocklist;
  readonly tracking: Tracking;
  readonly blocking: Blocking;
  readonly network: Network;
  /** In user mode. */
  readonly deciding: Deciding | undefined;
}

export function assemble(ports: DaemonPorts, options: DaemonOptions): Assembly {
  const { policy } = options;
  let near: readonly Prefix[] = [];
  const told = shared(ports, options);
  const { output, list, allowlist } = told;
  const detector = policy.mode === 'user' ? newDetector(options, allowlist) : undefined;
  const deciding = detector && new Deciding(detector, ports, told, { ...options, refused: () => tracking.refused() });
  const tracking = new Tracking(ports, told, {
    ...options,
    feed: deciding && ((bytes, offset, view) => deciding.feed(bytes, offset, view)),
    scanned: (scan) => blocking.scanned(scan),
  });
  const blocking = new Blocking(ports, list, {
    drain: () => tracking.drain(),
    sourceBits: (source) => sourceBits(source, policy.ipv6Prefix, near),
    decide: deciding && (() => deciding.decide()),
    forget: detector && ((source) => detector.forget(source)),
  });
  const setOnlink = (onlink: readonly Prefix[]) => {
    near = onlink;
    ports.policy.write(policyValue(policy, onlink));
    detector?.setPolicy(detectorPolicy(policy, onlink), Number(ports.clock.monotonicNs() >> 10n));
  };
  const lift = () => blocking.liftAllowed((prefix) => allowlist.covers(prefix));
  const network = new Network(ports.network, allowlist, ports.log, { onlinkChanged: setOnlink, allowed: lift });
  return { output, list, tracking, blocking, network, deciding };
}

function shared(ports: DaemonPorts, options: DaemonOptions): Told {
  const wall = new WallClock(ports.clock);
  const format = options.format === 'json' ? jsonFormat() : textFormat();
  const output = new Output(ports.lines, format, () => wall.ms(ports.clock.monotonicNs()));
  return { wall, output, list: new Blocklist(output, wall), allowlist: new Allowlist(ports.allow) };
}

function newDetector(options: DaemonOptions, allowlist: Allowlist): Detector {
  return new Detector({
    maxSources: options.maxSources,
    portsMax: Math.max(LEAST_PORTS, options.policy.threshold + 1),
    sourceKeys: options.sourceKeys,
    policy: detectorPolicy(options.policy, []),
    allowed: (bytes, offset) => allowlist.allows(bytes, offset),
  });
}

/** As many as the program remembers, so that a report names as many. */
const LEAST_PORTS = 32;
