import { fileURLToPath } from 'node:url';

/** A path in the checkout, from its root. The same from `src` and from `dist`. */
export const inCheckout = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where the logs of the last run are, and the reports of a run of only some cells. */
export const logFolder = inCheckout('kernel-matrix/logs');

/** The human log of a cell, by its name. */
export const logFile = (cell: { readonly name: string }): string =>
  `${logFolder}/${cell.name.replace(/[^\w.]+/g, '-')}.log`;
