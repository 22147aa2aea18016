import {
  addBlock,
  type AllowStore,
  blockKey,
  type BlockStore,
  findBlock,
  formatPrefix,
  type GraceStore,
  type NewBlock,
  type NoteStore,
  type Prefix,
} from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { shortSpan } from '../tables/span.ts';
import { allowedWithin, refuseAllowed } from './allowed.ts';
import { blockFields } from './block-fields.ts';
import { describeBlock, untilText } from './block-words.ts';
import { prefixOf } from './held-blocks.ts';
import type { PolicyReader } from './instance.ts';
import { isInForce, type Moment } from './moment.ts';
import type { Outcome } from './outcome.ts';

/** What `scanward block` was asked for. */
export interface BlockOptions {
  readonly prefix: Prefix;
  /** 0: for ever; undefined: as long as the instance blocks scanners. */
  readonly ttlNs: bigint | undefined;
  /** Empty: none given. */
  readonly text: string;
}

/** As much of an instance as this needs. */
export interface BlockTarget {
  readonly blocks: Pick<BlockStore, 'get' | 'add' | 'getNet' | 'addNet'>;
  readonly notes: Pick<NoteStore, 'get' | 'set' | 'remove'>;
  readonly graces: Pick<GraceStore, 'remove'>;
  readonly allow: Pick<AllowStore, 'entries'>;
  readonly policy: PolicyReader;
}

/** Blocks an address or a net, in place of a block that it has. @throws OperatorError */
export function block({ prefix, ttlNs, text }: BlockOptions, target: BlockTarget, now: Moment, json: boolean): Outcome {
  const name = formatPrefix(prefix.address, prefix.bits);
  refuseAllowed(prefix, target.allow.entries());
  const before = present(prefix, target, now);
  // Who is blocked by a list is so for ever: it is not made less.
  const lastsNs = ttlNs ?? (before?.reason === 'list' ? 0n : target.policy.read().blockTtlNs);
  const asked: NewBlock = {
    startNs: now.monotonicNs,
    expiryNs: lastsNs === 0n ? 0n : now.monotonicNs + lastsNs,
    reason: 'operator',
  };
  const noteBefore = before && target.notes.get(prefixOf(before));
  const key = blockKey(prefix);
  if (!addBlock(target.blocks, key, asked)) {
    const todo = !key.isNet ? 'unblock somebody, or run with a larger --max-blocks' : 'unblock another net';
    throw new OperatorError(ExitCode.limit, `blocking ${name}`, `there is no room for one more: ${todo}`);
  }
  // Who blocks somebody wants no grace for him.
  target.graces.remove(prefix);
  const noted = note(prefix, text, target);
  const written = present(prefix, target, now) ?? {
    ...asked,
    packets: 0n,
    bytes: 0n,
    ...key,
  };
  const { expiryNs } = written;
  const lasts = expiryNs === 0n ? '' : ` (${shortSpan(expiryNs - now.monotonicNs)})`;
  const replaced = before ? `, in place of ${describeBlock(before, noteBefore, now)}` : '';
  const fields = { action: 'block', ...blockFields(written, noted ? { ports: [], text } : undefined, now) };
  const replacedFields = before ? { replaced: blockFields(before, noteBefore, now) } : {};
  return {
    lines: [
      json
        ? JSON.stringify({ ...fields, ...replacedFields })
        : `Blocked ${name} ${untilText(expiryNs, now)}${lasts}${replaced}`,
    ],
    warnings: [
      ...insideWarning(name, prefix, target),
      ...(noted ? [] : [`there is no room to note the reason of ${name}`]),
    ],
  };
}

function present(prefix: Prefix, { blocks }: BlockTarget, now: Moment) {
  const found = findBlock(blocks, blockKey(prefix));
  return found && isInForce(found, now) ? found : undefined;
}

/** The old note goes in any case. False: there is no room for the new one. */
function note(prefix: Prefix, text: string, { notes }: BlockTarget): boolean {
  if (text !== '') return notes.set(prefix, { ports: [], text });
  notes.remove(prefix);
  return true;
}

function insideWarning(name: string, prefix: Prefix, { allow }: BlockTarget): string[] {
  const inside = allowedWithin(prefix, allow.entries());
  return inside.length === 0 ? [] : [`inside ${name} these stay allowed: ${inside.join(', ')}`];
}
