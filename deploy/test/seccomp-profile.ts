import { repositoryFile } from '@scanward/testkit';
import { readFileSync } from 'node:fs';

export const profilePath = repositoryFile('deploy/seccomp-profile.json');

/** The profile as container tools read it. Whatever else stands in it is `unknown` here, and refused by a test. */
export interface Profile {
  readonly defaultAction: string;
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly {
    readonly comment: string;
    readonly names: readonly string[];
    readonly action: string;
  }[];
}

export const profile = JSON.parse(readFileSync(profilePath, 'utf8')) as Profile;

/** All names that it allows. */
export const allowed: ReadonlySet<string> = new Set(profile.syscalls.flatMap(({ names }) => names));
