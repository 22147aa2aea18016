import type { Lines } from '@scanward/testkit';

/** A `Port scan detected` line. */
export interface SeenScan {
  readonly source: string;
  readonly destination: string;
  readonly ports: number[];
  /** Of the probe, where it is no SYN. */
  readonly kind?: string;
}

const SCAN = /^[\d-]{10} [\d:]{8}: Port scan detected: (\S+) -> (\S+) on ports ([\d,]+)(?: \((\w+)\))?$/;

export function scansIn(lines: Lines): SeenScan[] {
  return lines.texts.flatMap((text) => {
    const [, source, destination, ports, kind] = SCAN.exec(text) ?? [];
    if (!source || !destination || !ports) return [];
    return [{ source, destination, ports: ports.split(',').map(Number), ...(kind ? { kind } : {}) }];
  });
}

/** Text that stands for itself in a pattern. */
export const literally = (text: string): string => text.replace(/[.[\]/]/g, '\\$&');

/** The line that tells a scan by `source`. */
export const scanBy = (source: string): RegExp => new RegExp(`Port scan detected: ${literally(source)} -> `);

/** The numbers of the closing summary on stderr. */
export function summaryOf(stderr: Lines): { connections: number; scans: number; blocks: number; dropped: number } {
  const pattern = /saw (\d+) connections and (\d+) scans, made (\d+) blocks, dropped (\d+) packets/;
  const found = stderr.texts.map((text) => pattern.exec(text)).find((match) => match !== null);
  if (!found) throw new Error(`no closing summary:\n${stderr.texts.join('\n')}`);
  const [connections, scans, blocks, dropped] = found.slice(1).map(Number) as [number, number, number, number];
  return { connections, scans, blocks, dropped };
}
