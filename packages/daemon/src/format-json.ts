import type {
  BlockEvent,
  ConnectionEvent,
  DaemonEvent,
  DistributedScanEvent,
  Format,
  LostEvent,
  ScanEndEvent,
  ScanEvent,
  ScanLabels,
  UnblockEvent,
} from './events.ts';

const ECS_VERSION = '8.11.0';
const NETWORK = ['network'];
const NS_PER_MS = 1e6;
const INTRUSION = ['network', 'intrusion_detection'];

/** Lines for machines: one object of the Elastic Common Schema each; the fields are listed in the package's README. */
export function jsonFormat(): Format {
  return (event) => (event.kind === 'connection' ? connectionLine(event) : JSON.stringify(object(event)));
}

/** Not an event: what is told live begins after it. Its `event.action` is `live`. */
export function liveLine(timeMs: number): string {
  return JSON.stringify(base({ timeMs }, 'event', NETWORK, ['info'], 'live'));
}

type Rare = Exclude<DaemonEvent, ConnectionEvent>;

function object(event: Rare): object {
  switch (event.kind) {
    case 'scan':
      return scanObject(event);
    case 'scan end':
      return scanEndObject(event);
    case 'distributed scan':
      return distributedObject(event);
    case 'block':
      return blockObject(event);
    case 'unblock':
      return unblockObject(event);
    case 'lost':
      return lostObject(event);
  }
}

/** @param more fields of `event` */
function base(
  event: { readonly timeMs: number },
  kind: string,
  category: string[],
  type: string[],
  action: string,
  more: object = {},
): object {
  return {
    '@timestamp': time(event.timeMs),
    ecs: { version: ECS_VERSION },
    event: { kind, category, type, action, module: 'scanward', dataset: 'scanward', ...more },
  };
}

const time = (ms: number): string => new Date(ms).toISOString();

const networkType = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');

/** By hand, because there is one for each connection; addresses need no escape, and a test compares. */
function connectionLine(event: ConnectionEvent): string {
  return (
    `{"@timestamp":"${new Date(event.timeMs).toISOString()}","ecs":{"version":"${ECS_VERSION}"},` +
    '"event":{"kind":"event","category":["network"],"type":["connection","start"],"action":"connection",' +
    '"module":"scanward","dataset":"scanward"},' +
    `"source":{"ip":"${event.source}","port":${event.sourcePort}},` +
    `"destination":{"ip":"${event.destination}","port":${event.destinationPort}},` +
    `"network":{"transport":"tcp","type":"${networkType(event.source)}"},` +
    `"observer":{"ingress":{"interface":{"name":${JSON.stringify(event.interface)}}}}}`
  );
}

function scanObject(event: ScanEvent): object {
  return {
    ...base(event, 'alert', INTRUSION, ['info'], 'port-scan'),
    source: { ip: event.source },
    destination: { ip: event.destination },
    network: { transport: transport(event), type: networkType(event.source) },
    ...(event.interface === undefined ? {} : { observer: { ingress: { interface: { name: event.interface } } } }),
    scanward: { ...prefix(event), scan: { ports: event.ports, ...labels(event) } },
  };
}

function scanEndObject(event: ScanEndEvent): object {
  const { firstMs, lastMs, ports, portsCount, open, openCount, dropped } = event;
  const span = { start: time(firstMs), end: time(lastMs), duration: (lastMs - firstMs) * NS_PER_MS };
  return {
    ...base(event, 'event', INTRUSION, ['info', 'end'], 'port-scan-end', span),
    source: { ip: event.source },
    destination: { ip: event.destination },
    network: { transport: transport(event), type: networkType(event.source) },
    scanward: {
      ...prefix(event),
      scan: {
        ...{ ports, ports_count: portsCount },
        ...(open && { open, open_count: openCount }),
        ...(dropped && { dropped: { packets: Number(dropped.packets), bytes: Number(dropped.bytes) } }),
        ...labels(event),
      },
    },
  };
}

/** No address is told, so that nobody takes this for a reason to ban it. */
function distributedObject(event: DistributedScanEvent): object {
  const { ports, portsCount, sourcesCount, windowS } = event;
  const labelled = { shape: 'distributed', attribution: 'uncertain' };
  return {
    ...base(event, 'alert', INTRUSION, ['info'], 'port-scan', { duration: windowS * 1e9 }),
    scanward: { scan: { ports, ports_count: portsCount, sources_count: sourcesCount, ...labelled } },
  };
}

const transport = ({ probeKind }: ScanLabels): 'tcp' | 'udp' => (probeKind === 'udp' ? 'udp' : 'tcp');

/** What is not known is not there. */
function labels({ probeKind, shape, addressesCount, attribution }: ScanLabels): object {
  return { kind: probeKind, shape, addresses_count: addressesCount, attribution };
}

function blockObject(event: BlockEvent): object {
  const expiry = event.untilMs === undefined ? {} : { expiry: new Date(event.untilMs).toISOString() };
  return {
    ...base(event, 'event', INTRUSION, ['denied'], 'block'),
    source: { ip: event.source },
    network: { type: networkType(event.source) },
    scanward: { ...prefix(event), block: { reason: event.reason, ...expiry } },
  };
}

function unblockObject(event: UnblockEvent): object {
  return {
    ...base(event, 'event', INTRUSION, ['allowed'], 'unblock'),
    source: { ip: event.source },
    network: { type: networkType(event.source) },
    ...(event.sourcePrefix === event.source ? {} : { scanward: prefix(event) }),
  };
}

function lostObject({ what, count, cause, ...event }: LostEvent): object {
  return {
    ...base(event, 'metric', NETWORK, ['info'], 'lost'),
    scanward: { lost: { what, count, cause } },
  };
}

function prefix(event: { source: string; sourcePrefix: string }): object {
  return event.sourcePrefix === event.source ? {} : { source: { prefix: event.sourcePrefix } };
}
