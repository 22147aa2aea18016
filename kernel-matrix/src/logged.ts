import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { classify, type End } from './death.ts';
import { GuestLines } from './guest-lines.ts';
import type { Outcome, Watch } from './types.ts';

/** Where the bytes of a guest go: what it prints, and what it tells. */
export interface Sinks {
  console(chunk: Uint8Array): void;
  result(chunk: Uint8Array): void;
}

/** Runs a guest with its log at `path` and its events to `watch`; says how it came to its end. */
export async function logged(
  path: string,
  watch: Pick<Watch, 'event'>,
  run: (sinks: Sinks) => Promise<End>,
): Promise<Outcome> {
  await mkdir(dirname(path), { recursive: true });
  const log = createWriteStream(path);
  const lines = new GuestLines((event) => watch.event(event));
  const end = await run({ console: (chunk) => log.write(chunk), result: (chunk) => lines.add(chunk) });
  lines.close();
  log.end();
  await finished(log);
  return classify(end, await readFile(path, 'latin1'), lines.ended);
}
