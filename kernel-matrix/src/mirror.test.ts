import { expect, test } from 'vitest';
import { archiveOf, findMirror, parseSources } from './mirror.ts';

const modern = `Types: deb
# http://comment/debian
URIs: http://mirror/debian/
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror/safe
 http://second/safe
Suites: bookworm-security
Components: main

Types: deb
URIs: http://elsewhere/debian
Enabled: no
Suites: sid
`;

test('fields', () => {
  expect(parseSources(modern)).toEqual([
    { uri: 'http://mirror/debian', suites: ['bookworm', 'bookworm-updates'] },
    { uri: 'http://mirror/safe', suites: ['bookworm-security'] },
    { uri: 'http://second/safe', suites: ['bookworm-security'] },
  ]);
});

test('lines', () => {
  const text = `# deb http://comment/debian bookworm main
deb-src http://mirror/debian bookworm main
deb [arch=amd64 signed-by=/a/b.gpg] http://mirror/debian bookworm main contrib
deb http://mirror/debian-security bookworm-security main
`;
  expect(findMirror(parseSources(text))).toEqual({
    main: 'http://mirror/debian',
    security: 'http://mirror/debian-security',
  });
});

test('the security archive is known by its suite, or looked for beside the main one', () => {
  const line = (uri: string, suite: string) => `deb ${uri} ${suite} main\n`;
  const main = line('http://mirror/debian', 'bookworm');
  expect(findMirror(parseSources(main + line('http://safe/debian-sec', 'bookworm-security')))?.security).toBe(
    'http://safe/debian-sec',
  );
  expect(findMirror(parseSources(main))?.security).toBe('http://mirror/debian-security');
});

test('other archives are no mirror of Debian', () => {
  expect(findMirror(parseSources('deb http://apt.example.org/node nodistro main\n'))).toBeUndefined();
  expect(findMirror(parseSources('deb http://mirror/ubuntu noble-security main\n'))).toBeUndefined();
});

test('a suite is in one of the two', () => {
  const mirror = { main: 'm', security: 's' };
  expect(['sid', 'bullseye', 'bullseye-security', 'trixie-backports'].map((suite) => archiveOf(mirror, suite))).toEqual(
    ['m', 'm', 's', 'm'],
  );
});
