/** Something to be measured: each call is one round's figure. */
export interface Task {
  readonly name: string;
  run(): number | Promise<number>;
}

/** Says what is being measured: round of rounds, task. */
export type Progress = (text: string) => void;

/**
 * Measures each task once a round, so that a machine that wanders slows all alike. Each round begins with another
 * task, so that none always follows the same one's caches. The figures, by name, stand in order of the rounds.
 */
export async function interleave(
  tasks: readonly Task[],
  rounds: number,
  progress: Progress = () => undefined,
): Promise<Map<string, number[]>> {
  const figures = new Map<string, number[]>(tasks.map(({ name }) => [name, []]));
  if (figures.size !== tasks.length) throw new RangeError('two tasks have the same name');
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < tasks.length; i++) {
      const task = tasks[(i + round) % tasks.length]!;
      progress(`round ${round + 1} of ${rounds}: ${task.name}`);
      figures.get(task.name)!.push(await task.run());
    }
  }
  return figures;
}
