import { constants, type FileHandle, open } from 'node:fs/promises';
import { inChunks } from './in-chunks.ts';

/** Characters written at once: some hundred lines, then it is the turn of others. */
const CHUNK = 64 * 1024;

/** O_EXCL: whatever stands there already, a link too, is not written to. */
export async function writeNew(path: string, lines: Iterable<string>): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file: FileHandle = await open(path, flags, 0o600);
  try {
    for (const chunk of inChunks(lines, CHUNK)) await file.appendFile(chunk, 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name outlives a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
