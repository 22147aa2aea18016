import { createHash } from 'node:crypto';
import type { Sha256 } from '@scanward/daemon';

/** Characters hashed at once: a call for each line takes twice as long as the hash. */
const CHUNK = 16 * 1024;

/** A new SHA-256 over ASCII text. */
export function sha256(): Sha256 {
  const hash = createHash('sha256');
  let waiting = '';
  return {
    update(text) {
      waiting += text;
      if (waiting.length < CHUNK) return;
      hash.update(waiting, 'latin1');
      waiting = '';
    },
    digest: () => hash.update(waiting, 'latin1').digest('hex'),
  };
}
