/** Tries cases of several kinds in turn, for as long as is asked; the first that fails is written to a file. */
import fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCase, writeCase } from './case-file.ts';

export interface Campaign<T = unknown> {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  readonly cases: fc.Arbitrary<T>;
  /** Cases at one go; a few seconds' worth. */
  readonly runs: number;
  /** Throws when it fails; returns how many units it was. */
  play(one: T): number;
}

export interface FuzzOptions {
  readonly campaigns: readonly Campaign[];
  readonly forMs: number;
  /** Of the first round; the others follow from it. */
  readonly seed: number;
  /** Where a failing case goes. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

class Tally {
  units = 0;
  ms = 0;

  add(units: number, ms: number): void {
    this.units += units;
    this.ms += ms;
  }

  rate(): number {
    return Math.round((1_000 * this.units) / Math.max(1, this.ms));
  }
}

/** One round; the path of the file with the failing case, if there is one. */
function round(
  campaign: Campaign,
  tally: Tally,
  seed: number,
  leftMs: number,
  options: FuzzOptions,
): string | undefined {
  const start = performance.now();
  let units = 0;
  const property = fc.property(campaign.cases, (one) => void (units += campaign.play(one)));
  const result = fc.check(property, { seed, numRuns: campaign.runs, interruptAfterTimeLimit: Math.max(1, leftMs) });
  tally.add(units, performance.now() - start);
  const total = `${tally.units} ${campaign.unit}, ${tally.rate()} a second`;
  options.say(`${campaign.name}: seed ${seed}, ${result.numRuns} cases; in all ${total}`);
  if (!result.failed || result.counterexample === null) return undefined;
  const error = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  mkdirSync(options.folder, { recursive: true });
  const path = join(options.folder, `fuzz-${campaign.name}-${seed}.json`);
  const [value] = result.counterexample;
  writeCase(path, { campaign: campaign.name, seed, path: result.counterexamplePath, error, value });
  options.say(`${campaign.name} FAILED: ${error}`);
  return path;
}

/** Returns the path of the file with the first failing case; undefined: none failed. */
export function fuzz(options: FuzzOptions): string | undefined {
  const end = performance.now() + options.forMs;
  const tallies = options.campaigns.map(() => new Tally());
  for (let seed = options.seed; performance.now() < end; seed++) {
    for (const [i, campaign] of options.campaigns.entries()) {
      const leftMs = end - performance.now();
      const path = leftMs > 0 ? round(campaign, tallies[i]!, seed, leftMs, options) : undefined;
      if (path !== undefined) return path;
    }
  }
  const totals = options.campaigns.map(({ unit }, i) => `${tallies[i]!.units} ${unit}`);
  options.say(`no failure in ${totals.join(', ')}`);
  return undefined;
}

/** Runs the case of a file once more; throws as it did when it was found, if it still does. */
export function replayCase(path: string, campaigns: readonly Campaign[]): void {
  const { campaign: name, value } = readCase(path);
  const campaign = campaigns.find((one) => one.name === name);
  if (!campaign) throw new Error(`${path}: there is no campaign ${name}`);
  campaign.play(value);
}
