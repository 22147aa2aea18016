import type { DaemonEvent, ScanLabels } from './events.ts';

/**
 * The event that a line of `jsonFormat` tells; undefined: the line tells none that is known here. What is known of it makes the
 * same line of text; why somebody was blocked is not told when the block ends, and taken to be a scan.
 */
export function readEvent(line: string): DaemonEvent | undefined {
  try {
    return eventOf(new Fields(JSON.parse(line)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NotThere) return undefined;
    throw error;
  }
}

/** A field is not there, or is of another type. */
class NotThere extends Error {}

function eventOf(line: Fields): DaemonEvent | undefined {
  switch (line.within('event').text('action')) {
    case 'connection':
      return connectionOf(line);
    case 'port-scan':
      return line.has('source') ? scanOf(line) : distributedOf(line);
    case 'port-scan-end':
      return scanEndOf(line);
    case 'block':
      return blockOf(line);
    case 'unblock':
      return { kind: 'unblock', timeMs: line.time('@timestamp'), ...sourceOf(line), reason: 'scan' };
    case 'lost':
      return lostOf(line);
    default:
      return undefined;
  }
}

function connectionOf(line: Fields): DaemonEvent {
  const [source, destination] = [line.within('source'), line.within('destination')];
  return {
    kind: 'connection',
    timeMs: line.time('@timestamp'),
    ...{ source: source.text('ip'), sourcePort: source.number('port') },
    ...{ destination: destination.text('ip'), destinationPort: destination.number('port') },
    interface: interfaceOf(line),
  };
}

function scanOf(line: Fields): DaemonEvent {
  const scan = line.within('scanward').within('scan');
  return {
    kind: 'scan',
    timeMs: line.time('@timestamp'),
    ...sourceOf(line),
    destination: line.within('destination').text('ip'),
    ports: scan.numbers('ports'),
    interface: line.has('observer') ? interfaceOf(line) : undefined,
    ...labelsOf(scan),
  };
}

function scanEndOf(line: Fields): DaemonEvent {
  const [scan, event] = [line.within('scanward').within('scan'), line.within('event')];
  const dropped = scan.has('dropped') ? scan.within('dropped') : undefined;
  return {
    kind: 'scan end',
    timeMs: line.time('@timestamp'),
    ...sourceOf(line),
    destination: line.within('destination').text('ip'),
    ...{ firstMs: event.time('start'), lastMs: event.time('end') },
    ...{ ports: scan.numbers('ports'), portsCount: scan.number('ports_count') },
    open: scan.has('open') ? scan.numbers('open') : undefined,
    openCount: scan.has('open') ? scan.number('open_count') : 0,
    dropped: dropped && { packets: BigInt(dropped.number('packets')), bytes: BigInt(dropped.number('bytes')) },
    ...labelsOf(scan),
  };
}

function distributedOf(line: Fields): DaemonEvent {
  const scan = line.within('scanward').within('scan');
  return {
    kind: 'distributed scan',
    timeMs: line.time('@timestamp'),
    ...{ ports: scan.numbers('ports'), portsCount: scan.number('ports_count') },
    sourcesCount: scan.number('sources_count'),
    windowS: line.within('event').number('duration') / 1e9,
  };
}

function blockOf(line: Fields): DaemonEvent {
  const block = line.within('scanward').within('block');
  return {
    kind: 'block',
    timeMs: line.time('@timestamp'),
    ...sourceOf(line),
    untilMs: block.has('expiry') ? block.time('expiry') : undefined,
    reason: block.oneOf('reason', ['scan', 'operator']),
  };
}

function lostOf(line: Fields): DaemonEvent {
  const lost = line.within('scanward').within('lost');
  return {
    kind: 'lost',
    timeMs: line.time('@timestamp'),
    what: lost.oneOf('what', ['connections', 'scans', 'scan ends', 'blocks', 'unblocks', 'sources']),
    cause: lost.oneOf('cause', [
      'ring full',
      'slow reader',
      'blocklist full',
      'tables full',
      'line limit',
      'block cap',
    ]),
    count: lost.number('count'),
  };
}

const ATTRIBUTIONS = ['certain', 'uncertain'] as const;
const SHAPES = ['vertical', 'horizontal', 'block', 'slow', 'distributed', 'decoy'] as const;
const KINDS = ['syn', 'fin', 'null', 'xmas', 'maimon', 'ack', 'odd', 'udp', 'fragment', 'connect'] as const;

function labelsOf(scan: Fields): ScanLabels {
  return {
    probeKind: scan.has('kind') ? scan.oneOf('kind', KINDS) : undefined,
    shape: scan.has('shape') ? scan.oneOf('shape', SHAPES) : undefined,
    addressesCount: scan.has('addresses_count') ? scan.number('addresses_count') : undefined,
    attribution: scan.has('attribution') ? scan.oneOf('attribution', ATTRIBUTIONS) : undefined,
  };
}

const interfaceOf = (line: Fields): string =>
  line.within('observer').within('ingress').within('interface').text('name');

function sourceOf(line: Fields): { readonly source: string; readonly sourcePrefix: string } {
  const source = line.within('source').text('ip');
  const told = line.has('scanward') ? line.within('scanward') : undefined;
  return { source, sourcePrefix: told?.has('source') ? told.within('source').text('prefix') : source };
}

/** An object that somebody wrote: each field is looked at before it is taken. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null) throw new NotThere();
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  within(name: string): Fields {
    return new Fields(this.#fields[name]);
  }

  text(name: string): string {
    return fits(this.#fields[name], (value) => typeof value === 'string');
  }

  number(name: string): number {
    return fits(this.#fields[name], isCount);
  }

  numbers(name: string): readonly number[] {
    return fits(this.#fields[name], (value): value is number[] => Array.isArray(value) && value.every(isCount));
  }

  time(name: string): number {
    const timeMs = Date.parse(this.text(name));
    if (Number.isNaN(timeMs)) throw new NotThere();
    return timeMs;
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T {
    return fits(this.#fields[name], (value): value is T => words.some((word) => word === value));
  }
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function fits<T>(value: unknown, isRight: (value: unknown) => value is T): T {
  if (!isRight(value)) throw new NotThere();
  return value;
}
