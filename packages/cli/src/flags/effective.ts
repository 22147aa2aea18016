import { formatPrefix, type Prefix, type WindowLimit } from '@scanward/daemon';
import { whereText } from '../metrics/where.ts';
import { formatDuration } from './duration.ts';
import type { RunOptions } from './run-options.ts';
import { USUAL } from './window-limit.ts';

/** The value of each key as it stands in a configuration; undefined: there is none. */
export type Effective = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** What a run is told, written as a configuration has it: what would have no use besides the rest has no value. */
export function effective(options: RunOptions): Effective {
  const ofBlocks = <T>(value: T): T | undefined => (options.response === 'log' ? undefined : value);
  const ofPins = <T>(value: T): T | undefined => (options.pin ? value : undefined);
  return {
    interface: options.interfaces,
    'tracking-period': milliseconds(options.trackingPeriodMs),
    'detect-scan-period': milliseconds(options.detectScanPeriodMs),
    threshold: String(options.threshold),
    window: formatDuration(options.windowNs),
    'window-limit': [...options.windowLimits, ...unusual(options.windowLimits)].map(limited),
    'address-limit': options.addressLimit ? limited(options.addressLimit) : '10m=0',
    protect: options.protect.map(prefixed),
    'distributed-limit': options.distributedLimit ? limited(options.distributedLimit) : '10m=0',
    evidence: options.evidence,
    mode: options.mode,
    response: options.response,
    'block-ttl': ofBlocks(options.blockTtlNs === 0n ? '0' : formatDuration(options.blockTtlNs)),
    probation: ofBlocks(formatDuration(options.probationNs)),
    'max-new-blocks': ofBlocks(String(options.maxNewBlocks)),
    'keep-established': options.keepEstablished,
    allow: options.allow.map(prefixed),
    'allow-list': options.allowList,
    'block-list': options.blockList,
    'max-nets': ofBlocks(String(options.maxNets)),
    'ipv6-prefix': String(options.ipv6Prefix),
    'max-sources': String(options.maxSources),
    'max-blocks': ofBlocks(String(options.maxBlocks)),
    xdp: options.xdp,
    'allow-gateway': options.allowGateway,
    replace: options.replace,
    format: options.format,
    object: options.object,
    user: options.user,
    metrics: typeof options.metrics === 'object' ? whereText(options.metrics) : options.metrics,
    pin: options.pin,
    'max-connection-lines': String(options.maxConnectionLines),
    events: options.events,
    'keep-on-exit': ofPins(options.keepOnExit),
    name: ofPins(options.name),
    bpffs: ofPins(options.bpffs),
    state: options.state,
  };
}

/** The usual windows that are left out. */
const unusual = (windows: readonly WindowLimit[]): WindowLimit[] =>
  USUAL.filter(({ windowS }) => !windows.some((window) => window.windowS === windowS)).map(({ windowS }) => ({
    windowS,
    limit: 0,
  }));

const milliseconds = (ms: number): string => formatDuration(BigInt(ms) * 1_000_000n);

const limited = ({ windowS, limit }: WindowLimit): string =>
  `${formatDuration(BigInt(windowS) * 1_000_000_000n)}=${limit}`;

const prefixed = ({ address, bits }: Prefix): string => formatPrefix(address, bits);
