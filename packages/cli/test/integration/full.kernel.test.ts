import { capture, frameTo, nmap, Scanward, send, syn } from '@scanward/testkit';
import { parseAddress, parseFrame } from '@scanward/packet';
import { expect, test } from 'vitest';
import { createPlace } from './place.ts';
import { scanBy } from './seen.ts';

const MAX_BLOCKS = 32;
/** One is kept for the operator. */
const FOR_SCANS = 31;
const FORGED = Array.from({ length: 60 }, (_, i) => `198.51.100.${1 + i}`);

test('a blocklist full of forged scans: a scanner gets 3 answers at most, and no block is lost', async () => {
  await using place = await createPlace();
  const { victim, attacker } = place;
  await using scanward = await Scanward.start(victim.ns, { args: ['--max-blocks', String(MAX_BLOCKS), '-t', '100ms'] });
  const from = (source: string, port: number): Uint8Array => frameTo(attacker, victim, syn(port, 40_000), { source });
  await send(
    attacker.ns,
    FORGED.flatMap((source) => [1, 2, 3, 4].map((port) => from(source, port))),
    { gapUs: 100 },
  );
  await scanward.stdout.wait(scanBy(FORGED.at(-1)!));
  // By their names: a source is told once more when it is doubted, and its block shortened.
  const blocked = (): number =>
    new Set(scanward.stdout.matching(/: Blocked /).map((line) => / Blocked (\S+) /.exec(line)![1])).size;
  expect(blocked()).toBe(FOR_SCANS);

  const scan = await nmap(attacker.ns, victim.ipv4, { technique: '-sS' });
  expect(scan.answered).toBeLessThanOrEqual(3);
  await scanward.stdout.wait(scanBy(attacker.ipv4));
  expect(blocked()).toBe(FOR_SCANS);
  expect(scanward.stderr.matching(/blocklist is full \(32 entries\): raise --max-blocks/)).not.toEqual([]);
  expect(scanward.stdout.matching(/Unblocked/)).toEqual([]);

  // Of those who found room nothing gets through; the others are strangers again to port 4.
  await using after = await capture(victim.ns);
  await send(
    attacker.ns,
    FORGED.map((source) => from(source, 1)),
  );
  await send(attacker.ns, [from('198.51.100.200', 9)]);
  await scanward.stdout.wait(/New connection: 198\.51\.100\.200:/);
  const held = new Set(FORGED.slice(0, FOR_SCANS).map((source) => parseAddress(source).join()));
  const arrived = (await after.frames()).map((bytes) => parseFrame(bytes).source?.join());
  expect(arrived).toContain(parseAddress('198.51.100.200').join());
  expect(arrived.filter((source) => held.has(source ?? ''))).toEqual([]);
  expect(await scanward.stop()).toEqual({ exitCode: 0, signal: undefined });
});
