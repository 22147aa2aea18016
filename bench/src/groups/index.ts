import type { Group } from '../group.ts';
import { codecs } from './codec.ts';
import { daemon } from './daemon.ts';
import { flood } from './flood.ts';
import { lists } from './lists.ts';
import { live } from './live.ts';
import { program } from './program.ts';
import { reaction } from './reaction.ts';
import { ring } from './ring.ts';

/** All groups, in the order of the report. */
export const groups: readonly Group[] = [program, live, flood, ring, codecs, lists, daemon, reaction];
