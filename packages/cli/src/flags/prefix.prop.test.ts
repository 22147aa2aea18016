import { formatPrefix, maskAddress } from '@scanward/daemon';
import fc from 'fast-check';
import { test } from 'vitest';
import { BadValue } from './bad-value.ts';
import { parsePrefix } from './prefix.ts';

test('what is written is read back, whatever the prefix', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const mapped = bytes.map((random) => Uint8Array.from(random, (byte, i) => (i < 10 ? 0 : i < 12 ? 0xff : byte)));
  fc.assert(
    fc.property(fc.oneof(bytes, mapped), fc.integer({ min: 97, max: 128 }), (random, bits) => {
      const address = maskAddress(random, bits);
      const read = parsePrefix(formatPrefix(address, bits));
      return read.bits === bits && read.address.every((byte, i) => byte === address[i]);
    }),
  );
});

test('any text is a masked prefix or a named refusal', () => {
  const nearly = fc.stringMatching(/^[0-9a-f:./]{0,20}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly, fc.ipV4(), fc.ipV6()), (text) => {
      try {
        const { address, bits } = parsePrefix(text);
        return address.length === 16 && maskAddress(address, bits).every((byte, i) => byte === address[i]);
      } catch (error) {
        return error instanceof BadValue && error.message.includes(`'${text}'`);
      }
    }),
    { numRuns: 2_000 },
  );
});
