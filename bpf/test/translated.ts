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
  const placeAfter = (at: number, distance: number): number => slots.indexOf(slots[at]! + distance) + 1;
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

/** Pairs of places whose texts are the same: a longest common subsequence. */
function align(ours: readonly Instruction[], theirs: readonly Instruction[]): [number, number][] {
  const width = theirs.length + 1;
  const lengths = new Uint32Array((ours.length + 1) * width);
  for (let i = ours.length - 1; i >= 0; i--) {
    for (let j = theirs.length - 1; j >= 0; j--) {
      const at = i * width + j;
      const isSame = ours[i]!.text === theirs[j]!.text;
      lengths[at] = isSame ? lengths[at + width + 1]! + 1 : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < ours.length && j < theirs.length;) {
    if (ours[i]!.text === theirs[j]!.text) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
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
    const meets = pairs.findIndex(([at]) => at >= from.target!) === pairs.findIndex(([, at]) => at >= to.target!);
    if (!meets) hunks.push({ ours: [`${from.text} ${from.target}`], theirs: [`${to.text} ${to.target}`] });
  }
  return hunks;
}
