import type { Namespace } from '@scanward/testkit';
import { command, Lines, patience, repositoryFile } from '@scanward/testkit';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

const FETCH = `
import { request } from 'node:http';
const [where, method] = process.argv.slice(1);
const at = where.startsWith('unix:') ? [{ socketPath: where.slice(5), path: '/metrics', method }] : [where, { method }];
request(...at, (response) => {
  let body = '';
  response.on('data', (chunk) => (body += chunk));
  response.on('end', () => process.stdout.write(JSON.stringify({ status: response.statusCode, body })));
}).on('error', (error) => process.stdout.write(JSON.stringify({ status: error.code, body: '' }))).end();
`;

/** Asks by HTTP from within a namespace. The status is the error's code where there was no answer. */
export async function fetchIn(
  ns: Namespace,
  where: string,
  method = 'GET',
): Promise<{ status: unknown; body: string }> {
  const { stdout } = await ns.run(process.execPath, ['--input-type=module', '-e', FETCH, where, method]);
  return JSON.parse(stdout) as { status: unknown; body: string };
}

/** The value of one sample of a page. */
export function valueOf(page: string, sample: string): number | undefined {
  const line = page.split('\n').find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

/** The rules that are shipped, and what promtool is to find out about them. */
export const RULES = repositoryFile('deploy/prometheus/scanward.rules.yml');
export const RULES_TEST = repositoryFile('deploy/prometheus/scanward.rules.test.yml');

export interface Prometheus extends AsyncDisposable {
  /** The alerts that fire now, each by its name and what its summary says. */
  firing(): Promise<{ readonly name: string; readonly summary: string }[]>;
}

interface Alerts {
  readonly data: {
    readonly alerts: readonly { state: string; labels: { alertname: string }; annotations: { summary: string } }[];
  };
}

const query = async (ns: Namespace, path: string): Promise<string> =>
  (await fetchIn(ns, `http://127.0.0.1:9090/api/v1/${path}`)).body;

/** A real Prometheus in a namespace that asks `target` twice a second, by the shipped rules with their minutes as seconds. It has an answer already. */
export async function startPrometheus(ns: Namespace, target: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'scanward-prometheus-'));
  const quick = readFileSync(RULES, 'utf8')
    .replaceAll('[5m]', '[15s]')
    .replaceAll(/for: \d+[ms]/g, 'for: 1s');
  writeFileSync(join(folder, 'rules.yml'), quick);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 250ms }
rule_files: [rules.yml]
scrape_configs: [{ job_name: scanward, static_configs: [{ targets: ['${target}'] }] }]
`,
  );
  mkdirSync(join(folder, 'data'));
  const args = ['--config.file=prometheus.yml', '--web.listen-address=127.0.0.1:9090', '--storage.tsdb.path=data'];
  const child = ns.spawn('bash', ['-c', 'cd "$0" && exec prometheus "$@"', folder, ...args], { timeoutMs: 60_000 });
  const dispose = async () => {
    child.kill('SIGKILL');
    await child;
    rmSync(folder, { recursive: true });
  };
  try {
    await new Lines(child.stderr).wait(/Server is ready to receive web requests/, 15_000);
    await expect
      .poll(() => query(ns, 'query?query=scanward_build_info'), { timeout: patience(10_000) })
      .toContain('"scanward_build_info"');
  } catch (error) {
    await dispose();
    throw error;
  }
  const firing: Prometheus['firing'] = async () => {
    const { alerts } = (JSON.parse(await query(ns, 'alerts')) as Alerts).data;
    return alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels, annotations }) => ({ name: labels.alertname, summary: annotations.summary }));
  };
  return { firing, [Symbol.asyncDispose]: dispose };
}

/** `promtool <args>`, with this for its input. */
export async function promtool(args: readonly string[], input = ''): Promise<{ exitCode: unknown; said: string }> {
  const { exitCode, stdout, stderr } = await command('promtool', args, { input, tolerant: true });
  return { exitCode, said: stdout + stderr };
}
