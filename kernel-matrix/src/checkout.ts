import { fileURLToPath } from 'node:url';
import type { Arch } from './types.ts';

/** A path in the checkout, from its root. The same from `src` and from `dist`. */
export const inCheckout = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where the logs of the last run are, and the reports of a run of only some cells. */
export const logFolder = inCheckout('kernel-matrix/logs');

/** The human log of a cell, by its name. */
export const logFile = (cell: { readonly name: string }): string =>
  `${logFolder}/${cell.name.replace(/[^\w.]+/g, '-')}.log`;

/** Where the checkout is as the guests of an architecture run it: see stage.ts. */
export const stageOf = (arch: Arch): string => inCheckout(`kernel-matrix/build/${arch}`);
