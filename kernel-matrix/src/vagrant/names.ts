import { join } from 'node:path';
import { cacheFolder } from '../cache.ts';

/** The machine of a series, as the Vagrantfile names it: `k5-10`, `k6-x`. */
export const machineName = (series: string): string => `k${series.replaceAll('.', '-')}`;

/** What Vagrant needs and the cache keeps: the box, a folder a kernel, a home of its own. */
export const vagrantFolder = (): string => join(cacheFolder(), 'vagrant');
