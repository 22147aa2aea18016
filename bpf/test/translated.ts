/** What the verifier made of a program: its instructions as bpftool prints them, and how two programs differ. */
import { command } from '@scanward/testkit';

export interface Instruction {
  /** Without the distance of a jump or a call and the tag of a function, and with names of maps instead of their numbers. */
  readonly text: string;
  /** Where a jump goes: a place in the list. */
  readonly target?: number;
}

/** The instructions of a loaded program. `mapNames`: by their numbers. */
export async function translated(programId: number, mapNames: ReadonlyMap<number, string>): Promise<Instruction[]> {
  const { stdout } = await command('bpftool', ['-j', 'prog', 'dump', 'xlated', 'id', String(programId)]);
  const lines = (JSON.parse(stdout) as { disasm: string }[]).map(({ disasm }) => disasm);
  // A load of 64 bits takes two places.
  let slot = 0;
  const slots = lines.map((line) => (slot += line.startsWith('(18)') ? 2 : 1));
  const placeOf = new Map(slots.map((end, at) => [end, at + 1]));
  const placeAfter = (at: number, distance: number): number => placeOf.get(slots[at]! + distance) ?? 0;
  return lines.map((line, at) => {
    const distance = /goto pc([+-]\d+)/.exec(line)?.[1];
    const text = line
      .replace(/goto pc[+-]\d+/, 'goto')
      .replace(/call pc[+-]\d+#/, 'call ')
      .replace(/bpf_prog_[0-9a-f]{16}_/, '')
      .replace(/map\[id:(\d+)\]/, (_, id: string) => `map ${mapNames.get(Number(id)) ?? id}`);
    return distance === undefined ? { text } : { text, target: placeAfter(at, Number(distance)) };
  });
}

/** What stands in one program where the other has something else. */
export interface Hunk {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/**
 * Pairs of places whose texts are the same: a longest common subsequence, by Myers' algorithm, which takes as long as the
 * two differ. `reached[k]`: after so many differences, how far in `ours` one comes on the diagonal k = i - j.
 */
function align(ours: readonly Instruction[], theirs: readonly Instruction[]): [number, number][] {
  const isSame = (i: number, j: number): boolean =>
    i < ours.length && j < theirs.length && ours[i]!.text === theirs[j]!.text;
  const goesDown = (reached: ReadonlyMap<number, number>, k: number): boolean =>
    (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1);
  const history: ReadonlyMap<number, number>[] = [];
  for (let reached = new Map([[1, 0]]); ; reached = new Map(reached)) {
    const many = history.push(new Map(reached)) - 1;
    for (let k = -many; k <= many; k += 2) {
      let i = goesDown(reached, k) ? reached.get(k + 1)! : reached.get(k - 1)! + 1;
      while (isSame(i, i - k)) i++;
      reached.set(k, i);
    }
    const goal = ours.length - theirs.length;
    if ((reached.get(goal) ?? -1) >= ours.length && (goal - many) % 2 === 0) break;
  }
  const pairs: [number, number][] = [];
  let [i, j] = [ours.length, theirs.length];
  for (const reached of history.reverse()) {
    const [down, from] = [goesDown(reached, i - j), i - j];
    const before = down ? reached.get(from + 1)! : reached.get(from - 1)! + 1;
    while (i > before) pairs.push([--i, --j]);
    if (down) j--;
    else i--;
  }
  return pairs.reverse();
}

/** Number of the first pair whose place in `ours` (0) or `theirs` (1) is this one or a later one. */
function firstAt(pairs: readonly [number, number][], side: 0 | 1, place: number): number {
  let [low, high] = [0, pairs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pairs[middle]![side] < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How two programs differ; a jump that both have and that goes elsewhere is a hunk too. */
export function differences(ours: readonly Instruction[], theirs: readonly Instruction[]): Hunk[] {
  const pairs = align(ours, theirs);
  const hunks: Hunk[] = [];
  const cut = (list: readonly Instruction[], from: number, to: number): string[] =>
    list.slice(from, to).map(({ text }) => text);
  let [i, j] = [0, 0];
  for (const [a, b] of [...pairs, [ours.length, theirs.length] as const]) {
    if (a > i || b > j) hunks.push({ ours: cut(ours, i, a), theirs: cut(theirs, j, b) });
    [i, j] = [a + 1, b + 1];
  }
  for (const [a, b] of pairs) {
    const [from, to] = [ours[a]!, theirs[b]!];
    if (from.target === undefined || to.target === undefined) continue;
    // The same instruction, or the same hunk in front of it.
    const meets = firstAt(pairs, 0, from.target) === firstAt(pairs, 1, to.target);
    if (!meets) hunks.push({ ours: [`${from.text} ${from.target}`], theirs: [`${to.text} ${to.target}`] });
  }
  return hunks;
}
