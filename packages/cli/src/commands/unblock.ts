import { type BlockEntry, formatPrefix, type GraceStore, maskAddress, type Prefix } from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { localSecond } from '../tables/local-time.ts';
import { blockFields } from './block-fields.ts';
import { describeBlock } from './block-words.ts';
import { forgetTouches, type Touched } from './forget-touches.ts';
import { blocksNamed, netsAround, prefixOf } from './held-blocks.ts';
import type { CommandedInstance } from './instance.ts';
import { lift } from './lift.ts';
import { isoOf, type Moment, wallMsOf } from './moment.ts';
import type { Outcome } from './outcome.ts';

/** What `scanward unblock` was asked for. */
export interface UnblockOptions {
  /** undefined: all blocks. */
  readonly prefix: Prefix | undefined;
  /** undefined: none. */
  readonly graceNs: bigint | undefined;
}

/** As much of an instance as this needs. */
export interface UnblockTarget extends Touched, Pick<CommandedInstance, 'blocks' | 'notes'> {
  readonly graces: Pick<GraceStore, 'set'>;
}

/** Lifts the blocks that a prefix names. @throws OperatorError `absent` if there is none */
export function unblock(
  prefix: Prefix,
  graceNs: bigint | undefined,
  target: UnblockTarget,
  now: Moment,
  json: boolean,
): Outcome {
  const name = formatPrefix(prefix.address, prefix.bits);
  const found = blocksNamed(prefix, target.blocks, now);
  const around = netsAround(prefix, target.blocks, now).filter((net) => !found.includes(net));
  if (found.length === 0) throw notBlocked(name, around);
  const untilNs = graceNs === undefined ? undefined : now.monotonicNs + graceNs;
  // First: who has no grace would be blocked again at once.
  if (untilNs !== undefined) for (const block of found) grant(block, untilNs, target);
  const lines = found.map((block) => {
    const note = target.notes.get(prefixOf(block));
    lift(block, target);
    if (json) {
      const grace = untilNs === undefined ? {} : { grace_until: isoOf(now, untilNs) };
      return JSON.stringify({ action: 'unblock', ...blockFields(block, note, now), ...grace });
    }
    return `Unblocked ${describeBlock(block, note, now)}${belonging(name, block)}${graceWords(untilNs, now)}`;
  });
  forgetTouches([prefix, ...found.map(prefixOf)], target);
  const still = around.map((net) => `${name} is still blocked by the net ${formatPrefix(net.source, net.bits)}`);
  return { lines, warnings: still.slice(0, 1) };
}

function notBlocked(name: string, [net]: readonly BlockEntry[]): OperatorError {
  const attempted = `unblocking ${name}`;
  if (!net) return new OperatorError(ExitCode.absent, attempted, 'it is not blocked: see scanward blocks');
  const wide = formatPrefix(net.source, net.bits);
  const todo = `it is not blocked by itself but lies in ${wide}: scanward unblock ${wide}`;
  return new OperatorError(ExitCode.absent, attempted, todo);
}

function grant(block: BlockEntry, untilNs: bigint, { graces }: UnblockTarget): void {
  if (graces.set({ ...prefixOf(block), untilNs })) return;
  const todo = 'there is no room for one more: wait until others have ended, or unblock without --grace';
  const name = formatPrefix(block.source, block.bits);
  throw new OperatorError(ExitCode.limit, `giving ${name} a grace`, todo);
}

const belonging = (name: string, { source, bits }: BlockEntry): string => {
  const own = formatPrefix(maskAddress(source, bits), bits);
  return own === name ? '' : `: the source that ${name} belongs to`;
};

const graceWords = (untilNs: bigint | undefined, now: Moment): string =>
  untilNs === undefined ? '' : `; not blocked for scans before ${localSecond(wallMsOf(now, untilNs))}`;
