import { expect, test } from 'vitest';
import { parseNmap } from './nmap.ts';

const port = (id: number, state: string): string =>
  `<port protocol="tcp" portid="${id}"><state state="${state}" reason="x" reason_ttl="0"/><service name="y"/></port>`;

test('open and closed ports are answers, listed or summed up', () => {
  const xml = `<ports><extraports state="closed" count="1019"></extraports>${port(22, 'open')}${port(80, 'open')}${port(7, 'filtered')}</ports>`;
  expect(parseNmap(xml)).toEqual({
    up: true,
    open: [22, 80],
    counts: { closed: 1019, open: 2, filtered: 1 },
    answered: 1021,
  });
});

test('a scan of a silent host answers nothing', () => {
  expect(parseNmap('<extraports state="filtered" count="1024">').answered).toBe(0);
});

test('a scan that says nothing of any port is an error, not zero answers', () => {
  expect(() => parseNmap('<host timedout="true"></host>')).toThrow('told nothing');
});

test('a host that does not even answer address resolution answers nothing', () => {
  expect(parseNmap('<runstats><hosts up="0" down="1" total="1"/></runstats>')).toMatchObject({
    up: false,
    answered: 0,
  });
});
