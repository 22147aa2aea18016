import { expect, it } from 'vitest';
import { host, policy, SOURCE_SECRET, VICTIM } from '../test/sample.ts';
import { Detector } from './detector.ts';

it('a connection makes no garbage', () => {
  const detector = new Detector({
    maxSources: 4096,
    sourceKeys: SOURCE_SECRET,
    policy: policy({ threshold: 20 }),
    allowed: () => false,
  });
  const addresses = Uint8Array.from([...host(0), ...VICTIM]);
  const count = 100_000;
  const ticks = Float64Array.from({ length: count }, (_, i) => 2 ** 40 + 977 * i);
  const round = () => {
    for (let i = 0; i < count; i++) {
      addresses[15] = i & 0xff;
      addresses[14] = (i >> 8) & 0x1f;
      detector.connection(addresses, 0, 16, i % 13, ticks[i]!);
    }
  };
  round();
  round();
  // The least of a few: other things of the test runner may use the heap, but they cannot give back what is garbage.
  const grown = Array.from({ length: 5 }, () => {
    const before = process.memoryUsage().heapUsed;
    round();
    return process.memoryUsage().heapUsed - before;
  }).filter((bytes) => bytes >= 0);
  expect(Math.min(...grown) / count).toBeLessThan(4);
});
