import { expect, test } from 'vitest';
import { HeldLog } from './held-log.ts';

test('what is said is kept in order until it is released, then passed on', () => {
  const said: string[] = [];
  const log = new HeldLog({ info: (text) => said.push(text), warn: (text) => said.push(`! ${text}`) });
  log.info('a');
  log.warn('b');
  expect(said).toEqual([]);
  log.release();
  log.info('c');
  expect(said).toEqual(['a', '! b', 'c']);
});
