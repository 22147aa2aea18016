import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of the repository, by its path from the root. */
export const repositoryFile = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The system's Python: present wherever node-gyp works. */
export const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** One of testkit's Python scripts. */
export const script = (name: string): string => repositoryFile(`packages/testkit/python/${name}.py`);
