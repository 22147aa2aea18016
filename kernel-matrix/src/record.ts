import type { Cell, DriverName, GuestEvent, Outcome, Resolved, Right } from './types.ts';

type Of<Kind extends GuestEvent['event']> = Extract<GuestEvent, { readonly event: Kind }>;
export type Boot = Of<'boot'>;
export type Test = Of<'test'>;
export type Ratio = Of<'ratio'>;

/** A cell and the driver that runs it. */
export interface Plan {
  readonly cell: Cell;
  readonly driver: DriverName;
}

/** What is known of a cell so far; complete once it has an outcome. */
export interface CellRecord extends Plan {
  resolved?: Resolved;
  startedMs?: number;
  endedMs?: number;
  boot?: Boot;
  readonly tests: Test[];
  readonly ratios: Ratio[];
  readonly rights: Right[];
  readonly troubles: string[];
  outcome?: Outcome;
}

export const newRecord = (plan: Plan): CellRecord => ({ ...plan, tests: [], ratios: [], rights: [], troubles: [] });

/** Adds what the guest told. */
export function take(record: CellRecord, event: GuestEvent): void {
  if (event.event === 'boot') record.boot = event;
  else if (event.event === 'test') record.tests.push(event);
  else if (event.event === 'ratio') record.ratios.push(event);
  else if (event.event === 'right') record.rights.push(event);
  else if (event.event === 'trouble') record.troubles.push(event.why);
}

/** How many tests ended so; `of` chooses among them. */
export const count = (record: CellRecord, state: Test['state'], of: (test: Test) => boolean = () => true): number =>
  record.tests.filter((test) => test.state === state && of(test)).length;

/** How long the cell took, or takes so far. */
export const elapsedMs = (record: CellRecord, nowMs: number): number =>
  record.startedMs === undefined ? 0 : (record.endedMs ?? nowMs) - record.startedMs;
