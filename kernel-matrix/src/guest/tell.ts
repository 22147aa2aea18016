import { writeSync } from 'node:fs';
import type { GuestEvent } from '../types.ts';

/** Writes an event to the descriptor that leads to the host. */
export function tell(fd: number, event: GuestEvent): void {
  let rest: Uint8Array = Buffer.from(`${JSON.stringify(event)}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
}
