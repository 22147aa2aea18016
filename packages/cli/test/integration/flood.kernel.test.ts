import { parseAddress, parseFrame } from '@scanward/packet';
import {
  buildNative,
  capture,
  createPair,
  flood,
  frameTo,
  Scanward,
  send,
  syn,
  atPace,
  patience,
} from '@scanward/testkit';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { scanBy, summaryOf } from './seen.ts';

const SYNS = atPace(1_000_000, 5_000);
const SCANNER = '10.77.0.66';
const BYSTANDER = '10.77.0.67';

test(
  `${SYNS} SYNs from forged sources: nothing is lost silently, and the block holds`,
  { timeout: patience(180_000) },
  async () => {
    await using tool = await buildNative('flood');
    await using pair = await createPair();
    const { victim, attacker } = pair;
    await using scanward = await Scanward.start(victim.ns, {
      args: ['--max-connection-lines', '0'],
      timeoutMs: 170_000,
    });
    const from = (source: string, port: number, sourcePort: number): Uint8Array =>
      frameTo(attacker, victim, syn(port, sourcePort), { source });

    await send(
      attacker.ns,
      [1, 2, 3, 4].map((port) => from(SCANNER, port, 1_000)),
    );
    await scanward.stdout.wait(scanBy(SCANNER));

    // The scanner goes on while the flood runs.
    const during = Array.from({ length: atPace(1_000, 100) }, (_, i) => from(SCANNER, 80, 2_000 + i));
    await Promise.all([flood(tool, attacker, victim, SYNS, 1), send(attacker.ns, during, { gapUs: 1_000 })]);

    await using after = await capture(victim.ns);
    await send(attacker.ns, [from(SCANNER, 80, 9_000)]);
    // While the flood is being printed a line may be among the lost ones, so the bystander knocks until he is seen.
    let knocks = 0;
    const seen = (): boolean => scanward.stdout.matching(new RegExp(`: New connection: ${BYSTANDER}:`)).length > 0;
    for (; !seen() && knocks < 60; knocks++) {
      await send(attacker.ns, [from(BYSTANDER, 80, 9_000 + knocks)]);
      await setTimeout(1_000);
    }
    expect(seen()).toBe(true);
    const sources = (await after.frames()).map((bytes) => parseFrame(bytes).source?.join());
    expect(sources).toContain(parseAddress(BYSTANDER).join());
    expect(sources).not.toContain(parseAddress(SCANNER).join());

    expect(await scanward.stop()).toEqual({ exitCode: 0, signal: undefined });
    const printed = scanward.stdout.matching(/: New connection: /).length;
    const reportedLost = scanward.stdout.texts
      .map((text) => /: Lost (\d+) connections? /.exec(text)?.[1])
      .reduce((sum, count) => sum + Number(count ?? 0), 0);
    const { dropped } = summaryOf(scanward.stderr);
    process.stdout.write(`printed ${printed} + lost ${reportedLost} + dropped ${dropped}\n`);
    expect(dropped).toBe(1 + during.length + 1);
    expect(printed + reportedLost + dropped).toBe(4 + SYNS + during.length + 1 + knocks);
  },
);
