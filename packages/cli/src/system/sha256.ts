import { createHash } from 'node:crypto';
import type { Sha256 } from '@scanward/daemon';

/** A new SHA-256 over ASCII text. */
export function sha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update: (text) => void hash.update(text, 'latin1'),
    digest: () => hash.digest('hex'),
  };
}
