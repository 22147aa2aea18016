import {
  type AllowEntry,
  ALLOW_REASONS,
  type AllowStore,
  contains,
  describeAllow,
  formatPrefix,
  type Prefix,
} from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { counted } from '../tables/count.ts';
import { ALLOW_ORIGINS } from './allowed.ts';
import { forgetTouches, type Touched } from './forget-touches.ts';
import { blocksWithin, holds } from './held-blocks.ts';
import type { CommandedInstance } from './instance.ts';
import { lift } from './lift.ts';
import { isInForce, type Moment } from './moment.ts';
import type { Outcome } from './outcome.ts';

/** What `scanward allow add` and `allow remove` were asked for. */
export interface AllowChangeOptions {
  readonly prefix: Prefix;
}

/** As much of an instance as these need. */
export interface AllowTarget extends Touched, Pick<CommandedInstance, 'blocks' | 'notes'> {
  readonly allow: AllowStore;
}

/** Allows an address or a net for good and lifts the blocks within it. @throws OperatorError */
export function allowAdd(prefix: Prefix, target: AllowTarget, now: Moment, json: boolean): Outcome {
  const name = formatPrefix(prefix.address, prefix.bits);
  const before = exactly(prefix, target.allow);
  if (!target.allow.add({ ...prefix, reason: 'command' })) {
    const todo = 'the allowlist is full: remove an entry, or add a wider net in place of several';
    throw new OperatorError(ExitCode.limit, `allowing ${name}`, todo);
  }
  const within = blocksWithin(prefix, target.blocks, now);
  for (const block of within) lift(block, target);
  const lifted = within.filter((block) => isInForce(block, now)).length;
  const was = before ? ` (it was already: ${ALLOW_REASONS[before.reason]})` : '';
  const text = `Allowed ${name}${was}${lifted > 0 ? `: ${counted(lifted, 'block')} lifted` : ''}`;
  const fields = { action: 'allow', address: name, was: before?.reason ?? null, lifted };
  return { lines: [json ? JSON.stringify(fields) : text], warnings: [] };
}

/** Takes back what was allowed by command; its touches are forgotten, so that it begins anew. @throws OperatorError */
export function allowRemove(prefix: Prefix, target: AllowTarget, json: boolean): Outcome {
  const name = formatPrefix(prefix.address, prefix.bits);
  const entry = exactly(prefix, target.allow);
  const around = [...target.allow.entries()].find((wider) => wider.bits < prefix.bits && holds(wider, prefix));
  if (entry?.reason !== 'command') throw notRemovable(name, entry, around);
  target.allow.remove(prefix);
  forgetTouches([prefix], target);
  const still = around && describeAllow(around);
  const text = `No longer allowed: ${name}${still === undefined ? '' : `; but it is still within ${still}`}`;
  const fields = { action: 'allow-remove', address: name, still_within: still ?? null };
  return { lines: [json ? JSON.stringify(fields) : text], warnings: [] };
}

function exactly({ address, bits }: Prefix, allow: Pick<AllowStore, 'entries'>): AllowEntry | undefined {
  return [...allow.entries()].find((entry) => entry.bits === bits && contains(entry, address));
}

function notRemovable(name: string, entry: AllowEntry | undefined, around: AllowEntry | undefined): OperatorError {
  const attempted = `removing ${name} from the allowlist`;
  if (entry)
    return new OperatorError(ExitCode.usage, attempted, `it was not added by command: ${ALLOW_ORIGINS[entry.reason]}`);
  const where = around ? `it is not there by itself but within ${describeAllow(around)}` : 'it is not there';
  return new OperatorError(ExitCode.absent, attempted, `${where}: see scanward allow`);
}
