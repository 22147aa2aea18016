import { blockFamilies } from './block-families.ts';
import { daemonFamilies } from './daemon-families.ts';
import type { Family } from './family.ts';
import type { MetricsFigures } from './metrics-figures.ts';
import { trafficFamilies } from './traffic-families.ts';

/**
 * The metrics. No label has a value that packets can bring, and all samples but that of the sources' number are there from
 * the start. Sums of the program go on over restarts for as long as its maps live, those of the daemon begin anew; no
 * sample adds the two up, which would look like a restart and count the program's sum once more.
 */
export function families(figures: MetricsFigures): Family[] {
  return [...trafficFamilies(figures.daemon), ...blockFamilies(figures), ...daemonFamilies(figures)];
}
