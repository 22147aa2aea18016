import type { Group } from '../group.ts';
import { program } from './program.ts';

/** All groups, in the order of the report. */
export const groups: readonly Group[] = [program];
