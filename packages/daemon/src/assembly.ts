import { Crowd, Detector, SlowScans, Sweeps } from '@scanward/detector';
import { maskAddress } from './addresses.ts';
import { AllWindows } from './all-windows.ts';
import { Allowlist } from './allowlist.ts';
import { Blocking } from './blocking.ts';
import { Blocklist } from './blocklist.ts';
import { ConnectionLimit } from './connection-limit.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { Deciding } from './deciding.ts';
import type { Told } from './deciding.ts';
import { journalFormat } from './format-journal.ts';
import { jsonFormat } from './format-json.ts';
import { textFormat } from './format-text.ts';
import { Graces } from './graces.ts';
import { LineLimit } from './line-limit.ts';
import { Network } from './network.ts';
import { Ours } from './ours.ts';
import { Output } from './output.ts';
import { detectorPolicy, policyValue } from './policy.ts';
import type { PolicyOptions } from './policy.ts';
import type { DaemonPorts, PortRange, Prefix } from './ports.ts';
import { StateKeeper } from './state/keeper.ts';
import { TICK_NS } from './records.ts';
import { Scans } from './scans/scans.ts';
import { stateEntries } from './state/snapshot.ts';
import { Suspicion } from './suspicion.ts';
import { Tracking } from './tracking.ts';
import { WallClock } from './wall-clock.ts';

/** The watchers, plugged together; `Daemon` gives them their time. */
export interface Assembly {
  readonly output: Output;
  readonly scans: Scans;
  readonly list: Blocklist;
  readonly suspicion: Suspicion;
  readonly allowlist: Allowlist;
  readonly tracking: Tracking;
  readonly blocking: Blocking;
  readonly network: Network;
  readonly graces: Graces;
  /** If there is a state file. */
  readonly keeper: StateKeeper | undefined;
  /** Of user mode, and of the windows that the program does not know. */
  readonly deciding: Deciding;
  /** From now on this policy, but for `mode` and `ipv6Prefix`. What was seen and blocked so far stays. */
  readonly setPolicy: (policy: PolicyOptions) => void;
}

export function assemble(ports: DaemonPorts, given: DaemonOptions): Assembly {
  // The policy in force: all parts read it here, and a reload changes it in place.
  const policy = { ...given.policy };
  const options = { ...given, policy };
  const { state, clock } = ports;
  const keeper = state && new StateKeeper(state, () => stateEntries(ports, clock), ports);
  const told = shared(ports, options, () => keeper?.changed());
  const { output, scans, list, allowlist, graces, suspicion } = told;
  const ours = new Ours(policy.protect ?? []);
  const detector = newDetector(options, told, ours);
  const deciding = new Deciding(detector, ports, told, {
    ...options,
    refused: () => tracking.refused(),
    capped: () => tracking.capped(),
  });
  const tracking = new Tracking(ports, told, {
    ...options,
    feed: (bytes, offset, view) => deciding.feed(bytes, offset, view),
    listens: (port, timeNs) => detector.listens(port, timeNs),
    extent: (scan) => detector.extent(scan.source, scan.destination, Number(scan.timeNs) / TICK_NS),
    scanned: (scan) => {
      blocking.scanned(scan);
      if (scan.blocked) detector.settle(maskAddress(scan.source, scan.sourceBits), scan.expiryNs);
    },
  });
  const blocking = new Blocking(ports, list, {
    drain: () => tracking.drain(),
    decide: () => deciding.decide(),
    forget: (source) => detector.forget(source),
  });
  const setRules = (onlink: readonly Prefix[], ephemeral: PortRange) => {
    ports.policy.write(policyValue(policy, onlink, ephemeral));
    detector.setPolicy(detectorPolicy(policy, onlink), Number(clock.monotonicNs() >> 10n));
  };
  const lift = () => blocking.liftAllowed((prefix) => allowlist.covers(prefix));
  const network = new Network(ports, allowlist, {
    rulesChanged: setRules,
    own: (addresses) => ours.setOwn(addresses),
    allowed: lift,
  });
  const setPolicy = (next: PolicyOptions) => {
    Object.assign(policy, next, { mode: policy.mode, ipv6Prefix: policy.ipv6Prefix });
    scans.setWindow(policy.windowMs);
    ours.setProtected(policy.protect ?? []);
    detector.setLimits(policy);
    network.renew();
  };
  return {
    output,
    scans,
    list,
    suspicion,
    allowlist,
    tracking,
    blocking,
    network,
    graces,
    keeper,
    deciding,
    setPolicy,
  };
}

function shared(ports: DaemonPorts, options: DaemonOptions, changed: () => void): Told {
  const wall = new WallClock(ports.clock);
  const plain = options.format === 'json' ? jsonFormat() : textFormat();
  const format = options.journal ? journalFormat(plain) : plain;
  const nowNs = () => ports.clock.monotonicNs();
  const { connectionLines = 0 } = options;
  const output = new Output(ports.lines, format, () => wall.ms(nowNs()), {
    lines: new LineLimit(options.lineLimits ?? {}, nowNs),
    taker: ports.taker,
    connections: connectionLines > 0 ? new ConnectionLimit(connectionLines, nowNs) : undefined,
  });
  const { scansInProgress: scansMax, policy, sourceKeys } = options;
  const scans = new Scans(ports, output, wall, { ...policy, sourceKeys, scansMax });
  const list = new Blocklist(output, wall, changed, scans);
  const suspicion = new Suspicion(ports, list, scans, policy);
  const [allowlist, graces] = [new Allowlist(ports.allow), new Graces(ports.graces, ports.clock)];
  return { wall, output, scans, suspicion, list, allowlist, graces };
}

function newDetector(options: DaemonOptions, { allowlist, graces }: Told, ours: Ours): AllWindows {
  const { mode, threshold, windowLimits: windows = [], addressLimit, distributedLimit } = options.policy;
  const common = {
    maxSources: options.maxSources,
    sourceKeys: options.sourceKeys,
    policy: detectorPolicy(options.policy, []),
    allowed: (bytes: Uint8Array, offset: number) => allowlist.allows(bytes, offset) || graces.holds(bytes, offset),
  };
  const portsMax = Math.max(LEAST_PORTS, threshold + 1);
  const detector = mode === 'user' ? new Detector({ ...common, portsMax }) : undefined;
  const isOurs = (bytes: Uint8Array, offset: number) => ours.has(bytes, offset);
  const maxSources = Math.max(SWEEPERS_MIN, Math.ceil(options.maxSources / SWEEPERS_SHARE));
  const detectors = {
    detector,
    slow: new SlowScans({ ...common, windows }),
    sweeps: new Sweeps({ ...common, maxSources, window: addressLimit, isOurs }),
    crowd: new Crowd({ ...common, window: distributedLimit }),
  };
  return new AllWindows(detectors, options.policy);
}

/** Of one in so many sources it is remembered which addresses they touched. */
const SWEEPERS_SHARE = 8;
const SWEEPERS_MIN = 8_192;

/** As many as the program remembers, so that a report names as many. */
const LEAST_PORTS = 32;
