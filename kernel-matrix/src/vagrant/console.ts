import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Reads a file that grows, from its beginning until the signal. It need not be there at first: libvirt makes the log of
 * a console anew when the machine starts, so it is opened by its name each time.
 */
export async function follow(path: string, take: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<void> {
  let position = 0;
  const read = async () => {
    const file = await open(path).catch(() => undefined);
    if (file === undefined) return;
    for await (const chunk of file.createReadStream({ start: position })) {
      position += (chunk as Buffer).length;
      take(chunk as Buffer);
    }
  };
  while (!signal.aborted) {
    await read();
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
  await read();
}
