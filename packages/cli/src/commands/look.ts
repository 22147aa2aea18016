import type { Style } from '../tables/style.ts';

/** Text of 80 columns, or JSON. */
export interface Look {
  readonly json: boolean;
  readonly style: Style;
}
