#!/usr/bin/env node
// `make end2end`: compose.yaml is brought up; somebody scans twice, a client fetches a page, Prometheus watches; all of it is
// asserted, and taken down. With Docker's compose, else podman-compose. As root; ends with `N passed, N failed`.
//
//   BASE_IMAGE, SCANWARD_IMAGE, PROMETHEUS_IMAGE   as in compose.yaml; what is called localhost/scanward-… is built if it is not there
//   SCANWARD_RESPONSE=log                          nobody is blocked: this must fail
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const here = fileURLToPath(new URL('.', import.meta.url));
const project = `scanward-end2end-${process.pid}`;
const THRESHOLD = 3;
const started = performance.now();
const say = (text) => console.log(`${((performance.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${text}`);

const quiet = { encoding: 'utf8', maxBuffer: 1 << 26, cwd: here };
const succeeds = (...command) => spawnSync(command[0], command.slice(1), quiet).status === 0;
const engine = succeeds('docker', 'compose', 'version') ? 'docker' : 'podman';
const composeCommand = engine === 'docker' ? ['docker', 'compose'] : ['podman-compose'];

const environment = {
  ATTACKER_IMAGE: 'localhost/scanward-attacker:latest',
  ...(engine === 'podman' && { PROMETHEUS_IMAGE: 'localhost/scanward-prometheus:latest' }),
  ...process.env,
  PROMETHEUS_PORT: String(await freePort()),
};

/** Runs it to its end, and returns what it printed on both. */
function run(command, { tolerant = false } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command[0], command.slice(1), { ...quiet, env: environment });
  if (!tolerant && status !== 0) throw new Error(`${command.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return `${stdout}${stderr}`;
}

const compose = (...args) => run([...composeCommand, '-p', project, '-f', 'compose.yaml', ...args]);
const ours = (what, ...args) =>
  run([engine, what, ...args, '-q', '--filter', `label=com.docker.compose.project=${project}`])
    .split('\n')
    .filter(Boolean);
const container = (service) => {
  const [id] = ours('ps', '-a', '--filter', `label=com.docker.compose.service=${service}`);
  if (!id) throw new Error(`there is no container of ${service}`);
  return id;
};
const logs = (service) => run([engine, 'logs', container(service)]);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until it is something, and returns that. */
async function until(what, seconds, look) {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`no ${what} within ${seconds} s`);
    await sleep(500);
  }
}

/** The images that no registry has. */
function buildImages() {
  const base = environment.BASE_IMAGE ? ['--build-arg', `BASE_IMAGE=${environment.BASE_IMAGE}`] : [];
  for (const name of ['attacker', 'prometheus']) {
    const image = `localhost/scanward-${name}:latest`;
    if (!Object.values(environment).includes(image) || succeeds(engine, 'image', 'inspect', image)) continue;
    say(`building ${image}`);
    run([engine, 'build', '--network', 'host', ...base, '-t', image, '-f', `${name}.Dockerfile`, '.']);
  }
}

/** podman-compose of Debian 12 knows no `network_mode: service:`, so there Prometheus is started as compose.yaml says, by hand. */
function startPrometheus() {
  if (engine === 'docker') return compose('up', '-d', '--no-build', 'prometheus');
  const { command, user, tmpfs, volumes } = parse(readFileSync(`${here}compose.yaml`, 'utf8')).services.prometheus;
  const labels = { project, service: 'prometheus' };
  return run([
    ...['podman', 'run', '-d', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...['--network', `container:${container('scanward')}`, '--user', user],
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `com.docker.compose.${key}=${value}`]),
    ...tmpfs.flatMap((place) => ['--tmpfs', place]),
    ...volumes.flatMap((volume) => ['-v', volume]),
    environment.PROMETHEUS_IMAGE,
    ...command,
  ]);
}

/** What Prometheus answers, asked by the client: his port of it is open to him anyway. */
function query(expression) {
  const url = 'http://scanward:9090/api/v1/query';
  const ask = ['curl', '-sf', '-m', '4', '--data-urlencode', `query=${expression}`, url];
  const answer = run([engine, 'exec', container('client'), ...ask], { tolerant: true });
  return answer.startsWith('{') ? JSON.parse(answer).data.result : [];
}

/** How many ports nmap got an answer of: those it lists, and those that it only counts. */
function answered(scan) {
  const listed = scan.match(/^\d+\/tcp +(open|closed) /gm)?.length ?? 0;
  const counted = [...scan.matchAll(/(\d+) (?:open|closed) tcp ports/g)].map(([, count]) => Number(count));
  return counted.reduce((sum, count) => sum + count, listed);
}

async function play() {
  say(`${composeCommand.join(' ')}: the guarded host, Prometheus, the client`);
  compose('up', '-d', '--no-build', 'scanward');
  const attached = await until('attached program', 60, () => /attached to .*/.exec(logs('scanward'))).catch((error) => {
    throw new Error(`${error.message}: ${logs('scanward').trim().split('\n').at(-1)}`);
  });
  say(attached[0]);
  startPrometheus();
  compose('up', '-d', '--no-build', 'client');
  await until('scrape', 90, () => query('scanward_scans_total').length > 0);
  const lines = () => logs('client').split('\n');
  const pages = () => lines().filter((line) => line === 'Prometheus Server is Ready.').length;
  say(`Prometheus has scraped; the client has had ${pages()} pages`);

  compose('up', '-d', '--no-build', 'attacker');
  const scans = await until('two scans', 240, () => {
    const done = logs('attacker').split(/^Nmap done.*$/m);
    return done.length > 2 && done;
  });
  const [first, second] = scans.map(answered);
  say(`the attacker has scanned twice: ${first} ports answered, then ${second}`);
  const alert = await until('alert', 90, () => query('ALERTS{alertname="ScanwardScanDetected"}')[0]).catch(
    () => undefined,
  );
  say(alert ? `the alert is ${alert.metric.alertstate}` : 'there is no alert');
  const [counted] = query('sum(scanward_scans_total)');
  const reports = logs('scanward')
    .split('\n')
    .filter((line) => line.includes('Port scan detected'));
  for (const report of reports) say(report);
  const last = pages();
  await until('further page', 15, () => pages() > last).catch(() => undefined);
  const failures = lines().filter((line) => /^curl:/.test(line));
  say(`the client has had ${pages()} pages, and ${failures.length} times none ${failures.join(', ')}`.trim());

  return [
    [`the first scan got an answer of at most ${THRESHOLD} of 100 ports`, first > 0 && first <= THRESHOLD],
    ['the second scan got none', second === 0],
    ['the client always got his page, and still does', pages() > last && failures.length === 0],
    ['one scan was reported', reports.length === 1],
    ['and counted', counted?.value[1] === '1'],
    ['Prometheus has the alert', ['pending', 'firing'].includes(alert?.metric.alertstate)],
  ];
}

/** @returns what is left all the same */
function takeDown() {
  if (engine === 'podman')
    for (const id of ours('ps', '-a')) run(['podman', 'rm', '-f', '-t', '5', id], { tolerant: true });
  run([...composeCommand, '-p', project, '-f', 'compose.yaml', 'down', '-v'], { tolerant: true });
  // podman-compose of Debian 12 leaves networks behind.
  if (engine === 'podman')
    for (const id of ours('network', 'ls')) run(['podman', 'network', 'rm', id], { tolerant: true });
  return [ours('ps', '-a'), ours('volume', 'ls'), ours('network', 'ls')].flat();
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    takeDown();
    process.exit(130);
  });
}

let promises = [['it could be played', false]];
try {
  buildImages();
  promises = await play();
} catch (error) {
  say(`end2end: ${error.message}`);
} finally {
  promises.push(['nothing is left', takeDown().length === 0]);
}
for (const [promise, held] of promises) say(`${held ? 'yes' : 'NO '}  ${promise}`);
const failed = promises.filter(([, held]) => !held).length;
console.log(`${promises.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
