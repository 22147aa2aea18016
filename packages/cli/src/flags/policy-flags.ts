import type { Prefix, WindowLimit } from '@scanward/daemon';
import type { Command } from 'commander';
import { oneOf } from './choice.ts';
import { repeatable, single, usage } from './option.ts';
import { type PolicyChoice, THRESHOLD_MAX } from './policy-choice.ts';
import { blockTtl, period, probation, wholeNumber, window } from './policy-values.ts';
import { parsePrefix } from './prefix.ts';
import { limitOf, parseAddressLimit, parseDistributedLimit, parseWindowLimit, windowLimits } from './window-limit.ts';

/** The flags that `run` and `replay` share, as commander hands them on. */
export interface GivenPolicy {
  readonly detectScanPeriod?: number;
  readonly threshold?: number;
  readonly window?: bigint;
  readonly windowLimit?: WindowLimit[];
  readonly addressLimit?: WindowLimit;
  readonly distributedLimit?: WindowLimit;
  readonly protect?: Prefix[];
  readonly blockTtl?: bigint;
  readonly probation?: bigint;
  readonly mode?: 'kernel' | 'user';
  readonly response?: 'block' | 'log';
  readonly evidence?: 'any' | 'closed';
  readonly keepEstablished?: boolean;
  readonly maxNewBlocks?: number;
  readonly allow?: Prefix[];
  readonly ipv6Prefix?: number;
  readonly maxSources?: number;
  readonly maxBlocks?: number;
}

export function withPolicy(command: Command): Command {
  return withResponse(withLimits(command))
    .addOption(repeatable('--allow <address[/length]>', 'never block these addresses; repeatable', parsePrefix))
    .addOption(
      single('--ipv6-prefix <bits>', 'how much of an IPv6 address is the source (default: 64)', wholeNumber(32, 128)),
    )
    .addOption(single('--max-sources <count>', 'sources remembered (default: 65536)', wholeNumber(4, 4_194_304)))
    .addOption(
      single('--max-blocks <count>', 'sources blocked at a time (default: 65536)', wholeNumber(1, 16_777_216)),
    );
}

/** What a scan is. */
function withLimits(command: Command): Command {
  return command
    .addOption(single('-d, --detect-scan-period <time>', 'how often scans are looked for (default: 1m)', period))
    .addOption(
      single(
        '-n, --threshold <ports>',
        'more distinct ports than this within the window is a scan (default: 3)',
        wholeNumber(0, THRESHOLD_MAX.user),
      ),
    )
    .addOption(single('--window <time>', 'how long a touched port counts (default: 60s)', window))
    .addOption(
      repeatable(
        '--window-limit <time=ports>',
        'more ports than this in a longer window is a slow scan; 0: none; repeatable (default: 10m=6 1h=15 24h=40, more with a higher -n)',
        parseWindowLimit,
      ),
    )
    .addOption(
      single(
        '--address-limit <time=count>',
        "more of this host's addresses than this, asked by one source, is a horizontal scan; 0: none (default: 10m=16)",
        parseAddressLimit,
      ),
    )
    .addOption(
      repeatable(
        '--protect <address[/length]>',
        'networks behind this host: their addresses count as its own; repeatable',
        parsePrefix,
      ),
    )
    .addOption(
      single(
        '--distributed-limit <time=ports>',
        'more closed ports than this, asked by many sources together, is a distributed scan; 0: none (default: 10m=64)',
        parseDistributedLimit,
      ),
    )
    .addOption(
      oneOf('--evidence <evidence>', 'which ports count: any, or closed, those that nobody listens on (default: any)', [
        'any',
        'closed',
      ]),
    );
}

/** What is done about it. */
function withResponse(command: Command): Command {
  return command
    .addOption(
      oneOf('--mode <mode>', 'who decides: kernel, at once, or user, each detect-scan-period (default: kernel)', [
        'kernel',
        'user',
      ]),
    )
    .addOption(
      oneOf('--response <response>', 'what is done about a scanner: block or log (default: block)', ['block', 'log']),
    )
    .addOption(single('--block-ttl <time>', 'how long a scanner is blocked; 0: for ever (default: 1h)', blockTtl))
    .addOption(
      single(
        '--probation <time>',
        'how long at most if its packets may be forged, as in a crowd of scanners (default: 30s)',
        probation,
      ),
    )
    .addOption(
      single('--max-new-blocks <count>', 'new blocks a minute; 0: no cap (default: 300)', wholeNumber(0, 16_777_216)),
    )
    .option('--keep-established', 'let a blocked source go on with TCP sessions that it has (default)')
    .option('--no-keep-established', 'drop those too');
}

export function policyOf(given: GivenPolicy): PolicyChoice {
  const { threshold = 3, window: windowNs = 60_000_000_000n } = given;
  return {
    detectScanPeriodMs: given.detectScanPeriod ?? 60_000,
    threshold,
    windowNs,
    windowLimits: windowLimits(given.windowLimit ?? [], threshold, windowNs),
    addressLimit: limitOf(given.addressLimit ?? { windowS: 600, limit: 16 }),
    distributedLimit: limitOf(given.distributedLimit ?? { windowS: 600, limit: 64 }),
    protect: given.protect ?? [],
    blockTtlNs: given.blockTtl ?? 3_600_000_000_000n,
    probationNs: given.probation ?? 30_000_000_000n,
    mode: given.mode ?? 'kernel',
    response: given.response ?? 'block',
    evidence: given.evidence ?? 'any',
    keepEstablished: given.keepEstablished ?? true,
    maxNewBlocks: given.maxNewBlocks ?? 300,
    allow: given.allow ?? [],
    ipv6Prefix: given.ipv6Prefix ?? 64,
    maxSources: given.maxSources ?? 65_536,
    maxBlocks: given.maxBlocks ?? 65_536,
  };
}

/** What has no use without blocks. */
const OF_BLOCKS = {
  blockTtl: '--block-ttl',
  probation: '--probation',
  maxNewBlocks: '--max-new-blocks',
  maxBlocks: '--max-blocks',
  maxNets: '--max-nets',
};

/** Refuses what contradicts itself in what was given together. @throws OperatorError */
export function checkPolicy(given: GivenPolicy, { mode, threshold }: PolicyChoice): void {
  if (mode === 'kernel' && threshold > THRESHOLD_MAX.kernel) {
    const wanted = `'${threshold}' is more than ${THRESHOLD_MAX.kernel}, the most that the kernel can count`;
    throw usage('--threshold', `${wanted}: add --mode user, which takes up to ${THRESHOLD_MAX.user}`);
  }
  if (given.response !== 'log') return;
  for (const [name, flag] of Object.entries(OF_BLOCKS)) {
    if ((given as Record<string, unknown>)[name] === undefined) continue;
    throw usage(flag, 'it contradicts --response log, which blocks nobody: leave out one of them');
  }
}
