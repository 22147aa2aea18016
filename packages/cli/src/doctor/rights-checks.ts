import { heldIn, missingCapabilities, unattainableCapabilities, unnamedCapabilities } from '../capabilities.ts';
import { ExitCode } from '../exit-codes.ts';
import { isBefore } from '../kernel-version.ts';
import type { Facts } from './facts.ts';
import { type Finding, missing, ok, warning } from './finding.ts';

export function checkCapabilities({ status }: Pick<Facts, 'status'>): Finding {
  const lacking = missingCapabilities(status);
  if (lacking.length === 0) {
    const standsIn = unnamedCapabilities(status).length > 0;
    return ok(
      'capabilities',
      `${standsIn ? 'CAP_SYS_ADMIN, which stands for ' : ''}CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON`,
    );
  }
  const beyond = unattainableCapabilities(status);
  const found = `${lacking.join(', ')} missing`;
  if (beyond.length === 0) return missing('capabilities', ExitCode.capability, found, 'run it as root (sudo)');
  const todo = `${beyond.join(', ')}: not in the bounding set, so root has not got it either: let whoever starts the container or the unit grant it`;
  return missing('capabilities', ExitCode.capability, found, todo);
}

/** A daemon on one interface has 44 descriptors: maps, programs, a link, and what Node opens by itself. */
const FILES = { needed: 64, ample: 256 };

export function checkOpenFiles({ limits }: Pick<Facts, 'limits'>): Finding {
  const limit = limitOf('Max open files', limits);
  if (limit >= FILES.ample) return ok('open files', `at most ${limit === Infinity ? 'as many as asked for' : limit}`);
  const todo = `ulimit -n 1024, or LimitNOFILE=1024 in the systemd unit`;
  if (limit < FILES.needed) return missing('open files', ExitCode.limit, `at most ${limit}`, todo);
  return warning('open files', `at most ${limit}`, todo);
}

const MIB = 2 ** 20;
/** What the tables take by default (46 MiB), and a daemon of those at its most (85 MiB), rounded up. */
const MEMORY = { tables: 52 * MIB, daemon: 96 * MIB };

/** CAP_SYS_RESOURCE, with which the limit is lifted at the start. */
const SYS_RESOURCE = 1n << 24n;

export function checkLockedMemory({ release, limits, status }: Pick<Facts, 'release' | 'limits' | 'status'>): Finding {
  if (!isBefore(release, '5.11')) return ok('locked memory', 'maps do not count since Linux 5.11');
  const limit = limitOf('Max locked memory', limits);
  if ((heldIn('CapEff', status) & SYS_RESOURCE) !== 0n)
    return ok('locked memory', 'lifted at the start (CAP_SYS_RESOURCE)');
  if (limit >= MEMORY.tables) return ok('locked memory', limit === Infinity ? 'no limit' : mebibytes(limit));
  const found = `${mebibytes(limit)}, and tables take ${mebibytes(MEMORY.tables)}`;
  const todo = 'ulimit -l unlimited, or LimitMEMLOCK=infinity in the systemd unit';
  return missing('locked memory', ExitCode.limit, found, todo);
}

export function checkMemory({ meminfo }: Pick<Facts, 'meminfo'>): Finding {
  const available = Number(/^MemAvailable:\s*(\d+) kB$/m.exec(meminfo ?? '')?.[1] ?? NaN) * 1_024;
  const needed = `${mebibytes(MEMORY.tables + MEMORY.daemon)} are needed`;
  if (Number.isNaN(available)) return ok('memory', `${needed}; what there is /proc/meminfo does not tell`);
  const found = `${mebibytes(available)} to be had, ${needed}`;
  if (available >= MEMORY.tables + MEMORY.daemon) return ok('memory', found);
  const todo = 'lower --max-sources and --max-blocks, or make room';
  if (available < MEMORY.tables) return missing('memory', ExitCode.limit, found, todo);
  return warning('memory', found, todo);
}

/** The soft limit; Infinity: none, or not told. */
function limitOf(name: string, limits: string): number {
  const text = new RegExp(`^${name}\\s+(\\d+|unlimited)\\s`, 'm').exec(limits)?.[1] ?? 'unlimited';
  return text === 'unlimited' ? Infinity : Number(text);
}

const mebibytes = (bytes: number): string => {
  const count = String(bytes < MIB ? (bytes / MIB).toFixed(2) : Math.floor(bytes / MIB));
  return `${count.replace(/\B(?=(?:\d{3})+$)/g, ',')} MiB`;
};
