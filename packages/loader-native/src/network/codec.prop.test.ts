import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errnoNumber } from '../kernel/errno.ts';
import { FakeSys } from '../testing/fake-sys.ts';
import { decodeAddress, listAddresses } from './addresses.ts';
import {
  decodeAttributes,
  decodeMessages,
  encodeAttribute,
  encodeMessage,
  i32Bytes,
  NetlinkFormatError,
  Type,
} from './codec.ts';
import { decodeLink, findLink, listLinks } from './links.ts';
import { decodeRoute } from './routes.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

test('attributes come back as they were written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.nat(0x3fff), bytes), { selector: ([type]) => type }), (list) => {
      const encoded = Buffer.concat(list.map(([type, payload]) => encodeAttribute(type, payload)));
      expect([...decodeAttributes(encoded)].map(([type, payload]) => [type, [...payload]])).toEqual(
        list.map(([type, payload]) => [type, [...payload]]),
      );
    }),
  );
});

test('messages come back as they were written', () => {
  const message = fc.tuple(fc.nat(0xffff), fc.nat(0xffff), bytes);
  fc.assert(
    fc.property(fc.array(message), (list) => {
      const encoded = Buffer.concat(list.map(([type, flags, body]) => encodeMessage(type, flags, body)));
      const decoded = [...decodeMessages(encoded)];
      expect(decoded.map(({ type, flags }) => [type, flags])).toEqual(list.map(([type, flags]) => [type, flags]));
      decoded.forEach(({ body }, i) => expect([...body.subarray(0, list[i]![2].length)]).toEqual([...list[i]![2]]));
    }),
  );
});

test.each([
  ['messages', (input: Uint8Array) => [...decodeMessages(input)]],
  ['link', decodeLink],
  ['address', decodeAddress],
  ['route', decodeRoute],
])('any bytes are a %s or a named error', (_name, decode) => {
  fc.assert(
    fc.property(bytes, (input) => {
      try {
        decode(input);
      } catch (error) {
        expect(error).toBeInstanceOf(NetlinkFormatError);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('an exchange', () => {
  const done = encodeMessage(Type.DONE, 2, i32Bytes(0));
  const one = (flags: number) => encodeMessage(Type.NEWLINK, flags, new Uint8Array(16));

  test('an answer that is longer than the buffer is asked for again', () => {
    const sys = new FakeSys();
    const many = Buffer.concat([...Array.from({ length: 5000 }, () => one(2)), done]);
    sys.route = () => many;
    expect(listLinks(sys)).toHaveLength(5000);
  });

  test('a dump that was torn is taken again', () => {
    const sys = new FakeSys();
    let asked = 0;
    sys.route = () => Buffer.concat(asked++ < 2 ? [one(0x12), one(0x12), done] : [one(2), done]);
    expect(listLinks(sys)).toHaveLength(1);
  });

  test.each([encodeMessage(Type.ERROR, 0, i32Bytes(-1)), encodeMessage(Type.DONE, 2, i32Bytes(-1)), -1])(
    'a refusal is named',
    (answer) => {
      const sys = new FakeSys();
      sys.route = () => answer;
      expect(() => listAddresses(sys)).toThrow(
        expect.objectContaining({ name: 'NetlinkError', request: 'RTM_GETADDR', code: 'EPERM' }),
      );
      expect(() => findLink(1, sys)).toThrow(expect.objectContaining({ code: 'EPERM' }));
    },
  );

  test('no such interface', () => {
    const sys = new FakeSys();
    sys.route = () => encodeMessage(Type.ERROR, 0, i32Bytes(-errnoNumber('ENODEV')));
    expect(findLink(5, sys)).toBeUndefined();
  });
});
