import { Detector } from '@scanward/detector';
import { Allowlist } from './allowlist.ts';
import { Blocking } from './blocking.ts';
import { Blocklist } from './blocklist.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { Deciding } from './deciding.ts';
import type { Told } from './deciding.ts';
import { jsonFormat } from './format-json.ts';
import { textFormat } from './format-text.ts';
import { Graces } from './graces.ts';
import { Network } from './network.ts';
import { Output } from './output.ts';
import { detectorPolicy, policyValue } from './policy.ts';
import type { DaemonPorts, PortRange, Prefix } from './ports.ts';
import { StateKeeper } from './state/keeper.ts';
import { stateEntries } from './state/snapshot.ts';
import { Tracking } from './tracking.ts';
import { WallClock } from './wall-clock.ts';

/** The watchers, plugged together; `Daemon` gives them their time. */
export interface Assembly {
  readonly output: Output;
  readonly list: Blocklist;
  readonly tracking: Tracking;
  readonly blocking: Blocking;
  readonly network: Network;
  readonly graces: Graces;
  /** If there is a state file. */
  readonly keeper: StateKeeper | undefined;
  /** In user mode. */
  readonly deciding: Deciding | undefined;
}

export function assemble(ports: DaemonPorts, options: DaemonOptions): Assembly {
  const { policy } = options;
  const { state, clock } = ports;
  const keeper = state && new StateKeeper(state, () => stateEntries(ports, clock), ports);
  const told = shared(ports, options, () => keeper?.changed());
  const { output, list, allowlist, graces } = told;
  const detector = policy.mode === 'user' ? newDetector(options, told) : undefined;
  const deciding = detector && new Deciding(detector, ports, told, { ...options, refused: () => tracking.refused() });
  const tracking = new Tracking(ports, told, {
    ...options,
    feed: deciding && ((bytes, offset, view) => deciding.feed(bytes, offset, view)),
    scanned: (scan) => blocking.scanned(scan),
  });
  const blocking = new Blocking(ports, list, {
    drain: () => tracking.drain(),
    decide: deciding && (() => deciding.decide()),
    forget: detector && ((source) => detector.forget(source)),
  });
  const setRules = (onlink: readonly Prefix[], ephemeral: PortRange) => {
    ports.policy.write(policyValue(policy, onlink, ephemeral));
    detector?.setPolicy(detectorPolicy(policy, onlink), Number(clock.monotonicNs() >> 10n));
  };
  const lift = () => blocking.liftAllowed((prefix) => allowlist.covers(prefix));
  const network = new Network(ports, allowlist, { rulesChanged: setRules, allowed: lift });
  return { output, list, tracking, blocking, network, graces, keeper, deciding };
}

function shared(ports: DaemonPorts, options: DaemonOptions, changed: () => void): Told {
  const wall = new WallClock(ports.clock);
  const format = options.format === 'json' ? jsonFormat() : textFormat();
  const output = new Output(ports.lines, format, () => wall.ms(ports.clock.monotonicNs()));
  const list = new Blocklist(output, wall, changed);
  return { wall, output, list, allowlist: new Allowlist(ports.allow), graces: new Graces(ports.graces, ports.clock) };
}

function newDetector(options: DaemonOptions, { allowlist, graces }: Told): Detector {
  return new Detector({
    maxSources: options.maxSources,
    portsMax: Math.max(LEAST_PORTS, options.policy.threshold + 1),
    sourceKeys: options.sourceKeys,
    policy: detectorPolicy(options.policy, []),
    allowed: (bytes, offset) => allowlist.allows(bytes, offset) || graces.holds(bytes, offset),
  });
}

/** As many as the program remembers, so that a report names as many. */
const LEAST_PORTS = 32;
