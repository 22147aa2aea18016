/** The program that the tests run and the one that is shipped are the same but for the clock. */
import { readObject } from '@scanward/bpf-object';
import { features, loadObject, raiseMemlock } from '@scanward/loader-native';
import { ClockKind } from '@scanward/map-codec';
import { atPace, repositoryFile, NEEDS, needs, shippedClock } from '@scanward/testkit';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { describe, expect, test } from 'vitest';
import { differences, translated, type Hunk, type Instruction } from './translated.ts';

const PROGRAMS = ['scanward', 'scanward_command'];
const object = readObject(
  readFileSync(repositoryFile(`bpf/prebuilt/scanward.bpf${endianness() === 'LE' ? 'el' : 'eb'}.o`)),
);

interface Loaded {
  readonly tag: string;
  readonly instructions: readonly Instruction[];
}

type Both = Readonly<Record<string, Loaded>>;

/** The programs, by their names. */
async function load(clock: ClockKind, programs = PROGRAMS): Promise<Both> {
  raiseMemlock();
  const constants = {
    clock_kind: clock,
    has_frags: features().xdpFrags ? 1 : 0,
    source_sets: 4,
    single_lines: 4,
    syn_lines: 4,
  };
  using loaded = loadObject(object, { programs, constants, maxEntries: { sources: 4, singles: 4, syns: 4 } });
  const names = new Map(Object.values(loaded.maps).map((map) => [map.info().id, map.name]));
  const both: Record<string, Loaded> = {};
  for (const name of programs) {
    const { tag, id } = loaded.programs[name]!.info();
    both[name] = { tag, instructions: await translated(id, names) };
  }
  return both;
}

/** Loaded once for all tests: to verify them takes longer than all else here. */
const known = new Map<ClockKind, Promise<Both>>();
const once = (clock: ClockKind): Promise<Both> => {
  const both = known.get(clock) ?? load(clock);
  known.set(clock, both);
  return both;
};

/**
 * A value that the call of a helper would not survive, or the time itself, goes to the stack or another register, or comes from
 * there; a constant is made anew.
 */
const SAVED =
  /^\([67b][0-9a-f]\) (r\d = \*\(u\d+ \*\)\(r10 -\d+\)|\*\(u\d+ \*\)\(r10 -\d+\) = r\d|r\d = r\d|w\d = \d+)$/;
const apart = (texts: readonly string[]): string[] => texts.filter((text) => !SAVED.test(text));

/** So many readings of the clock, and nothing else. The compiler may set a reading apart from the place of the other kind. */
function expectClocks(hunks: readonly Hunk[], readings: number, helper: string): void {
  const call: unknown = expect.stringMatching(new RegExp(`^\\(85\\) call ${helper}#`));
  const load: unknown[] = [
    expect.stringMatching(/^\(18\) r(\d) = map \.bss\[0\]\+0$/),
    expect.stringMatching(/^\(79\) r\d = \*\(u64 \*\)\(r\d \+0\)$/),
  ];
  const times = Array.from({ length: readings });
  expect(apart(hunks.flatMap(({ ours }) => ours))).toEqual(times.map(() => call));
  expect(apart(hunks.flatMap(({ theirs }) => theirs))).toEqual(times.flatMap(() => load));
}

/** What is shipped: the coarse clock where the kernel has it, else the fine one. The matrix takes the one of its kernel. */
const CLOCKS = [
  { helper: 'bpf_ktime_get_ns', clock: ClockKind.KTIME },
  { helper: 'bpf_ktime_get_coarse_ns', clock: ClockKind.COARSE },
].filter(({ clock }) => atPace(true, clock === shippedClock()));

describe.each([
  { name: 'scanward', readings: 8 },
  { name: 'scanward_command', readings: 1 },
])('$name', ({ name, readings }) => {
  test.for(CLOCKS)(
    'with $helper is the same to the kernel, and what the verifier leaves differs by the clock only',
    async ({ helper, clock }, context) => {
      if (clock === ClockKind.COARSE) needs(context, NEEDS.coarseClock);
      const [shipped, tested] = [(await once(clock))[name]!, (await once(ClockKind.TEST))[name]!];
      expect(tested.tag).toBe(shipped.tag);
      expect(shipped.instructions.length).toBeGreaterThan(100);
      const hunks = differences(shipped.instructions, tested.instructions);
      expectClocks(hunks, readings, helper);
    },
  );
});

test('the same program twice differs nowhere, and a changed instruction or jump is seen', async () => {
  const name = 'scanward_command';
  const [{ instructions }, again] = (await Promise.all(
    [once(shippedClock()), load(shippedClock(), [name])].map(async (loading) => (await loading)[name]!),
  )) as [Loaded, Loaded];
  expect(differences(instructions, again.instructions)).toEqual([]);
  const jump = instructions.findIndex(({ target }) => target !== undefined);
  const elsewhere = instructions.with(jump, { ...instructions[jump]!, target: instructions[jump]!.target! + 1 });
  expect(differences(instructions, elsewhere)).toHaveLength(1);
  expect(differences(instructions, instructions.with(5, { text: '(b7) r0 = 7' }))).toHaveLength(1);
});
