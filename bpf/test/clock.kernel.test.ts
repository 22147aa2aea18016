/** The program that the tests run and the one that is shipped are the same but for the clock. */
import { readObject } from '@scanward/bpf-object';
import { features, loadObject, raiseMemlock } from '@scanward/loader-native';
import { repositoryFile } from '@scanward/testkit';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { describe, expect, test } from 'vitest';
import { differences, translated, type Hunk, type Instruction } from './translated.ts';

const KTIME = 0;
const TEST = 1;
const PROGRAMS = ['scanward', 'scanward_command'];
const object = readObject(
  readFileSync(repositoryFile(`bpf/prebuilt/scanward.bpf${endianness() === 'LE' ? 'el' : 'eb'}.o`)),
);

interface Loaded {
  readonly tag: string;
  readonly instructions: readonly Instruction[];
}

async function load(clock: number, name: string): Promise<Loaded> {
  raiseMemlock();
  const constants = { clock_kind: clock, has_frags: features().xdpFrags ? 1 : 0, source_sets: 4, syn_sets: 4 };
  using loaded = loadObject(object, { programs: PROGRAMS, constants, maxEntries: { sources: 4, syns: 4 } });
  const names = new Map(Object.values(loaded.maps).map((map) => [map.info().id, map.name]));
  const { tag, id } = loaded.programs[name]!.info();
  return { tag, instructions: await translated(id, names) };
}

/** A value that the call of a helper would not survive, or the time itself, goes to the stack or comes from there. */
const STACK = /^\([67][0-9a-f]\) (r\d = \*\(u\d+ \*\)\(r10 -\d+\)|\*\(u\d+ \*\)\(r10 -\d+\) = r\d)$/;
const apart = (texts: readonly string[]): string[] => texts.filter((text) => !STACK.test(text));

/** One reading of the clock, and nothing else. */
function expectClock({ ours, theirs }: Hunk): void {
  expect(apart(ours)).toEqual([expect.stringMatching(/^\(85\) call bpf_ktime_get_ns/)]);
  expect(apart(theirs)).toEqual([
    expect.stringMatching(/^\(18\) r(\d) = map \.bss\[0\]\+0$/),
    expect.stringMatching(/^\(79\) r\d = \*\(u64 \*\)\(r\d \+0\)$/),
  ]);
}

describe.each([
  { name: 'scanward', readings: 3 },
  { name: 'scanward_command', readings: 1 },
])('$name', ({ name, readings }) => {
  test('is the same program to the kernel, and what the verifier leaves differs by the clock only', async () => {
    const [shipped, tested] = [await load(KTIME, name), await load(TEST, name)];
    expect(tested.tag).toBe(shipped.tag);
    expect(shipped.instructions.length).toBeGreaterThan(100);
    const hunks = differences(shipped.instructions, tested.instructions);
    expect(hunks).toHaveLength(readings);
    for (const hunk of hunks) expectClock(hunk);
  });
});

test('the same program twice differs nowhere, and a changed instruction or jump is seen', async () => {
  const { instructions } = await load(KTIME, 'scanward_command');
  expect(differences(instructions, (await load(KTIME, 'scanward_command')).instructions)).toEqual([]);
  const jump = instructions.findIndex(({ target }) => target !== undefined);
  const elsewhere = instructions.with(jump, { ...instructions[jump]!, target: instructions[jump]!.target! + 1 });
  expect(differences(instructions, elsewhere)).toHaveLength(1);
  expect(differences(instructions, instructions.with(5, { text: '(b7) r0 = 7' }))).toHaveLength(1);
});
