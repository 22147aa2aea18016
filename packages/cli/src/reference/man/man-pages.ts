import { allCommands, type CommandSpec } from '../command-spec.ts';
import { manPage, pageName } from './page.ts';

/** A file of the manual. */
export interface ManPage {
  /** `scanward-run.8` */
  readonly file: string;
  readonly text: string;
}

/** A page for the program, and one for each command. */
export function manPages(program: CommandSpec, version: string): ManPage[] {
  const all = allCommands(program);
  return all.map((spec) => ({ file: `${pageName(spec)}.8`, text: manPage(spec, all, version) }));
}
