import type { Namespace } from './namespace.ts';

export interface HpingOptions {
  readonly firstPort: number;
  /** So many ports, one after the other. */
  readonly count: number;
}

/** Sends SYNs to ports in a row with the real hping3 (IPv4 only); how many of them were answered. */
export async function hping3(ns: Namespace, target: string, { firstPort, count }: HpingOptions): Promise<number> {
  const args = ['-n', '-S', '-p', `++${firstPort}`, '-c', String(count), '-i', 'u50000', target];
  // Its exit code says whether anybody answered.
  const { stdout, stderr } = await ns.run('hping3', args, { tolerant: true, timeoutMs: 60_000 });
  const received = /(\d+) packets received/.exec(`${stdout}\n${stderr}`)?.[1];
  if (received === undefined) throw new Error(`hping3 told nothing:\n${stdout}\n${stderr}`);
  return Number(received);
}
