import type { MetricsChoice } from '../metrics/where.ts';
import { BadValue } from './bad-value.ts';
import { parseAddress } from './prefix.ts';
import { parseWholeNumber } from './whole-number.ts';

/** `sun_path` of unix(7), without the zero at its end. */
const PATH_BYTES_MAX = 107;

/**
 * Reads `ADDRESS:PORT`, `[ADDRESS]:PORT`, `unix:/PATH` or `off`. An address is one: a name might become that of another host.
 *
 * @throws BadValue
 */
export function parseMetricsWhere(text: string): Exclude<MetricsChoice, undefined> {
  if (text === 'off') return 'off';
  if (text.startsWith('unix:')) return { kind: 'unix', path: socketPath(text.slice('unix:'.length)) };
  const [, six, four, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):(\d+)$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  const isAddress = parseAddress(address) !== undefined && address.includes(':') === (six !== undefined);
  if (!isAddress || port === undefined) {
    throw new BadValue(
      `'${text}' is not a place: write it as 127.0.0.1:9464, [::1]:9464, unix:/run/scanward/metrics.sock or off`,
    );
  }
  return { kind: 'tcp', address, port: parseWholeNumber(port, 0, 65_535) };
}

function socketPath(path: string): string {
  if (!path.startsWith('/') || path.endsWith('/') || path.includes('\0')) {
    throw new BadValue(`'unix:${path}' names no socket: write its whole path, as unix:/run/scanward/metrics.sock`);
  }
  const { length } = new TextEncoder().encode(path);
  if (length <= PATH_BYTES_MAX) return path;
  throw new BadValue(`the path has ${length} bytes: a socket's has ${PATH_BYTES_MAX} at most`);
}
