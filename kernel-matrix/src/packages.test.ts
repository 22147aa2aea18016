import { expect, test } from 'vitest';
import { compareVersions, parsePackages } from './packages.ts';

// In the order that dpkg --compare-versions gives.
const ascending = [
  '5.10.218-1',
  '5.10.262-1',
  '6.1.9-1',
  '6.1.172-1',
  '6.1.192-2',
  '6.12.43-1',
  '6.12.117-1',
  '6.18.15-1~bpo13+1',
  '6.18.15-1',
  '6.18.15-1+b1',
  '7.3~rc7-1~exp1',
  '7.3-1',
  '7.3.4-1~bpo13+1',
  '7.3.4-1',
  '7.3.4a-1',
  '7.3.4+a-1',
  '1:0.1-1',
];

test('versions are ordered as Debian orders them', () => {
  for (const [i, a] of ascending.entries())
    for (const [j, b] of ascending.entries())
      expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
  expect(compareVersions('1.0', '1.0-0')).toBe(0);
  expect(compareVersions('1.01', '1.1')).toBe(0);
});

test('the packages of an index', () => {
  const index = `Package: linux-doc
Version: 1

Package: linux-image-6.1.0-56-cloud-amd64
Source: linux-signed-amd64 (6.1.192+2)
Version: 6.1.192-2
Depends: kmod, initramfs-tools
Filename: pool/main/l/linux-image_6.1.192-2_amd64.deb
SHA256: ab12
`;
  expect(parsePackages(index, /^linux-image-/, 'bookworm', 'http://mirror/debian')).toEqual([
    {
      name: 'linux-image-6.1.0-56-cloud-amd64',
      version: '6.1.192-2',
      suite: 'bookworm',
      sha256: 'ab12',
      uri: 'http://mirror/debian/pool/main/l/linux-image_6.1.192-2_amd64.deb',
      file: 'linux-image_6.1.192-2_amd64.deb',
      depends: 'kmod, initramfs-tools',
    },
  ]);
});
