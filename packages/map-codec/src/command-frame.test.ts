import { expect, test } from 'vitest';
import { type Block, CommandFrame, commandOf, CommandOp, COMMANDS_MAX, codecs } from './index.ts';

const codec = codecs('little').command;
const source = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const block: Block = { startNs: 1n << 40n, expiryNs: 1n << 50n, packets: 3n, bytes: 4n, reason: 2, bits: 64 };

/** Of each run; few, so that a frame takes several. */
const STEPS = 3;

/** As the command program would, without doing anything: a step at a time, of COMMAND_RECHECK as many as its count. */
function program(isBusy: (run: number) => boolean = () => false) {
  const ran: number[] = [];
  let runs = 0;
  const step = (frame: Uint8Array): void => {
    const { next } = codec.decode(frame, 0);
    const offset = next * codec.size;
    if (offset >= frame.length || isBusy(runs++)) return;
    const command = codec.decode(frame, offset);
    const isRecheck = command.op === CommandOp.RECHECK;
    const { first, count } = isRecheck ? { first: command.first + 1, count: command.count - 1 } : command;
    codec.encode({ ...command, first, count, outcome: isRecheck ? 0 : 1 }, frame, offset);
    if (isRecheck && count > 0) return;
    ran.push(command.op);
    codec.encode({ ...codec.decode(frame, 0), next: next + 1 }, frame, 0);
  };
  const run = (frame: Uint8Array): Uint8Array => {
    const left = Uint8Array.from(frame);
    for (let i = 0; i < STEPS; i++) step(left);
    return Uint8Array.from([...left, 0, 0]); // a test run may give more
  };
  return { ran, run };
}

test('blocks and unblocks are commands like any other', () => {
  const frame = new CommandFrame('little');
  frame.addBlock(source, block);
  frame.addUnblock(source);
  frame.add(commandOf({ op: CommandOp.FIND, source }));
  const none = { startNs: 0n, expiryNs: 0n, packets: 0n, bytes: 0n, reason: 0, bits: 0 };
  const rest = { first: 0, count: 0, live: 0, emptied: 0, outcome: 0, next: 0, isNet: 0, source };
  expect([0, 1, 2].map((i) => frame.answer(i))).toEqual([
    { ...rest, op: CommandOp.BLOCK, block },
    { ...rest, op: CommandOp.UNBLOCK, block: none },
    { ...rest, op: CommandOp.FIND, block: none },
  ]);
});

test('nets are named by their length, also the one of length 0', () => {
  const frame = new CommandFrame('little');
  frame.addBlock(source, block, 24);
  frame.addUnblock(source, 128);
  frame.addFind(source, 0);
  frame.addFind(source);
  const parts = [0, 1, 2, 3].map((i) => frame.answer(i)).map(({ op, isNet, block: { bits } }) => [op, isNet, bits]);
  expect(parts).toEqual([
    [CommandOp.BLOCK, 1, 24],
    [CommandOp.UNBLOCK, 1, 128],
    [CommandOp.FIND, 1, 0],
    [CommandOp.FIND, 0, 0],
  ]);
  expect(frame.answer(0)).toMatchObject({ source, block: { ...block, bits: 24 } });
});

test('a frame is run until all its commands are done, also those of many steps and those that have to wait', () => {
  const frame = new CommandFrame('little');
  frame.addBlock(source, block);
  frame.add(commandOf({ op: CommandOp.RECHECK, first: 7, count: 5 }));
  frame.addUnblock(source);
  const { ran, run } = program((i) => i % 3 === 0);
  frame.run(run);
  expect(ran).toEqual([CommandOp.BLOCK, CommandOp.RECHECK, CommandOp.UNBLOCK]);
  expect(frame.answer(1)).toMatchObject({ first: 12, count: 0 });
  expect([frame.outcome(0), frame.outcome(2)]).toEqual([1, 1]);
});

test('a full frame takes no more; a cleared one is like new', () => {
  const frame = new CommandFrame('little');
  while (!frame.isFull) frame.addBlock(source, block);
  expect(frame.count).toBe(COMMANDS_MAX);
  expect(() => frame.addUnblock(source)).toThrow(RangeError);
  const { ran, run } = program();
  frame.run(run);
  expect(ran).toHaveLength(COMMANDS_MAX);
  frame.clear();
  frame.addUnblock(source);
  expect(frame.answer(0)).toEqual(commandOf({ op: CommandOp.UNBLOCK, source }));
  frame.clear();
  frame.run(() => expect.unreachable());
});

test('a program that does not get on is given up', () => {
  const frame = new CommandFrame('little');
  frame.addUnblock(source);
  expect(() => frame.run(program(() => true).run)).toThrow('does not get on');
});
