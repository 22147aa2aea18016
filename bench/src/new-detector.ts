import { Detector } from '@scanward/detector';
import { SOURCE_KEYS } from '@scanward/map-codec';
import { TEST_SECRET } from '@scanward/testkit';

/** A detector with the policy that the flags have by default. */
export function newDetector(maxSources: number): Detector {
  return new Detector({
    maxSources,
    sourceKeys: TEST_SECRET.slice(0, SOURCE_KEYS),
    policy: {
      windowNs: 60_000_000_000n,
      blockTtlNs: 3_600_000_000_000n,
      threshold: 3,
      response: 'block',
      ipv6Prefix: 64,
      onlink: [],
    },
    allowed: () => false,
  });
}
