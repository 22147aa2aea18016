import { readFileSync } from 'node:fs';
import { type ObjectSpec, readObject } from '@scanward/bpf-object';
import { littleEndian } from '../src/kernel/attr.ts';

/** The object of test/fixtures for this machine's end, or for the other one. */
export function fixtureObject(own = true): ObjectSpec {
  const end = littleEndian === own ? 'el' : 'eb';
  return readObject(readFileSync(new URL(`./fixtures/fixture.bpf${end}.o`, import.meta.url)));
}
