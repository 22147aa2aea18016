/** How a scan looks, from afar. */
export const SCAN_SHAPES = ['vertical', 'horizontal', 'block', 'slow', 'distributed', 'decoy'] as const;

/** One of {@link SCAN_SHAPES}. */
export type ScanShape = (typeof SCAN_SHAPES)[number];
