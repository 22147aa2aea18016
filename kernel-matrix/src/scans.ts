/** The test file of the scans with nmap and hping3; the names of its tests begin with the XDP mode. */
export const SCAN_FILE = 'packages/cli/test/integration/scan.kernel.test.ts';

export type Mode = 'native' | 'generic';
