/** Where the left half ends: ports below are the system's, the most of what is scanned for. */
const WELL_KNOWN = 1_024;
const PORTS = 65_536;

/**
 * The cell of a port in a strip of so many: the left half has the ports below 1024, equally wide; in the right half
 * every cell begins at the same multiple of the one before, so that 3306, 3389, 5432 and 8080 stand apart.
 */
export function cellOfPort(port: number, cells: number): number {
  const half = cells >> 1;
  if (port < WELL_KNOWN) return Math.floor((port * half) / WELL_KNOWN);
  const share = Math.log(port / WELL_KNOWN) / Math.log(PORTS / WELL_KNOWN);
  return Math.min(cells - 1, half + Math.floor(share * (cells - half)));
}

/** How many of the ports lie in each cell. */
export function portStrip(ports: readonly number[], cells: number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (const port of ports) counts[cellOfPort(port, cells)]!++;
  return counts;
}

/** `·` untouched, then one, two or three, more. */
export const stripGlyph = (count: number): string => (count === 0 ? '·' : count === 1 ? '▃' : count < 4 ? '▅' : '█');

/** What stands above a strip: where its halves begin, and its end. */
export function stripScale(cells: number): string {
  const half = cells >> 1;
  const [middle, end] = cells < 20 ? ['1k', '64k'] : ['1024', '65535'];
  return `${'0'.padEnd(half)}${middle.padEnd(cells - half - end.length)}${end}`;
}
