/** What the process in the namespace is told, and what it answers. */
export interface LiveOptions {
  readonly quick: boolean;
  readonly rounds: number;
}

/** CPU ns a packet, by task, one a round. */
export type LiveFigures = Record<string, number[]>;

export const BLOCKS = [10_000, 100_000, 1_000_000] as const;
