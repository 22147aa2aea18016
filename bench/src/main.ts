import { groups } from './groups/index.ts';
import { report } from './report/report.ts';

process.exitCode = await report(groups, process.argv.slice(2));
