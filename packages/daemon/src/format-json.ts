import type { BlockEvent, ConnectionEvent, DaemonEvent, Format, LostEvent, ScanEvent, UnblockEvent } from './events.ts';

const ECS_VERSION = '8.11.0';
const NETWORK = ['network'];
const INTRUSION = ['network', 'intrusion_detection'];

/** Lines for machines: one object of the Elastic Common Schema each; the fields are listed in the package's README. */
export function jsonFormat(): Format {
  return (event) => (event.kind === 'connection' ? connectionLine(event) : JSON.stringify(object(event)));
}

type Rare = Exclude<DaemonEvent, ConnectionEvent>;

function object(event: Rare): object {
  switch (event.kind) {
    case 'scan':
      return scanObject(event);
    case 'block':
      return blockObject(event);
    case 'unblock':
      return unblockObject(event);
    case 'lost':
      return lostObject(event);
  }
}

function base(event: Rare, kind: string, category: string[], type: string[], action: string): object {
  return {
    '@timestamp': new Date(event.timeMs).toISOString(),
    ecs: { version: ECS_VERSION },
    event: { kind, category, type, action, module: 'scanward', dataset: 'scanward' },
  };
}

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
    network: { transport: event.probe === 'udp' ? 'udp' : 'tcp', type: networkType(event.source) },
    ...(event.interface === undefined ? {} : { observer: { ingress: { interface: { name: event.interface } } } }),
    scanward: {
      ...prefix(event),
      scan: { ports: event.ports, ...(event.probe === undefined ? {} : { probe: event.probe }) },
    },
  };
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
    ...base({ what, count, cause, ...event }, 'metric', NETWORK, ['info'], 'lost'),
    scanward: { lost: { what, count, cause } },
  };
}

function prefix(event: { source: string; sourcePrefix: string }): object {
  return event.sourcePrefix === event.source ? {} : { source: { prefix: event.sourcePrefix } };
}
