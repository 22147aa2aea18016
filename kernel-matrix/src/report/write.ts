import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inCheckout, logFolder } from '../checkout.ts';
import type { Run } from '../run.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { rightsMarkdown } from './rights.ts';
import { withTable } from './readme.ts';

/**
 * Writes report.md, report.json and report.xml, and says where: a whole run to kernel-matrix/, with its table in the
 * README; any other to the folder of the logs, so that what is committed stays that of a whole run. There the table of
 * rights is too, when they were tried: `make rights` takes it from there.
 */
export function writeReports(run: Run): string {
  const folder = run.whole ? inCheckout('kernel-matrix') : logFolder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/report.md`, markdown(run));
  writeFileSync(`${folder}/report.json`, json(run));
  writeFileSync(`${folder}/report.xml`, junit(run));
  if (run.records.some(({ rights }) => rights.length > 0)) writeFileSync(`${folder}/rights.md`, rightsMarkdown(run));
  const readme = inCheckout('README.md');
  if (run.whole) writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), run));
  return `${folder}/report.md`;
}
