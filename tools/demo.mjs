#!/usr/bin/env node
// `make demo`: Scanward on a real (virtual) wire, in under 30 seconds. Three network namespaces on one bridge, a
// fourth: a victim with a few open ports, an ordinary client, a scanner. Root; nothing outside the namespaces is
// touched, and they are removed in all cases. Exits 1 if the promise did not hold.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const OPEN = [22, 80, 443];
const PORTS = 1024;
const prefix = `scw-${process.pid}-demo`;
const names = {
  wire: `${prefix}-wire`,
  victim: `${prefix}-victim`,
  client: `${prefix}-client`,
  scanner: `${prefix}-scanner`,
};
const address = { victim: '10.77.0.1', client: '10.77.0.2', scanner: '10.77.0.3' };
const scanward = fileURLToPath(new URL('../packages/cli/bin/scanward.js', import.meta.url));
const self = fileURLToPath(import.meta.url);

const colour = (code, text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text);
const labels = {
  demo: (text) => colour('1', text),
  scanward: (text) => (/scan|Blocked/.test(text) ? colour('31', text) : colour('33', text)),
  client: (text) => colour('32', text),
  scanner: (text) => colour('35', text),
};
const say = (who, text) =>
  console.log(`${labels[who](who.padEnd(9))} ${who === 'demo' ? labels.demo(text) : labels[who](text)}`);

const children = [];
const inside = (host, ...command) => {
  const child = spawn('ip', ['netns', 'exec', names[host], ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return child;
};
const ip = (...args) => {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
};

function build() {
  for (const name of Object.values(names)) {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  ip('-n', names.wire, 'link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0', 'mcast_snooping', '0');
  ip('-n', names.wire, 'link', 'set', 'br0', 'up');
  for (const [host, own] of Object.entries(address)) {
    ip('link', 'add', 'eth0', 'netns', names[host], 'type', 'veth', 'peer', 'name', host, 'netns', names.wire);
    ip('-n', names.wire, 'link', 'set', host, 'master', 'br0', 'up');
    ip('-n', names[host], 'link', 'set', 'eth0', 'up');
    ip('-n', names[host], 'address', 'add', `${own}/24`, 'dev', 'eth0');
  }
}

async function cleanUp() {
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const ends = running.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of running) child.kill('SIGTERM');
  await Promise.race([Promise.all(ends), sleep(3_000)]);
  for (const child of running) child.kill('SIGKILL');
  for (const name of Object.values(names)) spawnSync('ip', ['netns', 'del', name]);
}

const lines = (stream, each) => createInterface({ input: stream }).on('line', each);

/** Runs a piece of this file inside a namespace and returns what it printed. */
async function piece(host, ...args) {
  const child = inside(host, process.execPath, self, ...args);
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  return text.trim();
}

/** Waits until `line` was printed by the child. */
function until(stream, pattern, each = () => undefined) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing like ${pattern} within 10 s`)), 10_000);
    lines(stream, (line) => {
      each(line);
      if (!pattern.test(line)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

// The pieces that run inside the namespaces.

async function listen() {
  const { createServer } = await import('node:net');
  const servers = OPEN.map((port) =>
    createServer((socket) => socket.on('error', () => undefined).end('hello\n')).listen(port),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  console.log('ready');
}

async function probe(host, port, timeoutMs) {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: timeoutMs });
    const end = (state) => {
      socket.destroy();
      resolve(state);
    };
    socket.once('connect', () => end('open'));
    socket.once('timeout', () => end('filtered'));
    socket.once('error', (error) => end(error.code === 'ECONNREFUSED' ? 'closed' : 'filtered'));
  });
}

async function connectScan(host) {
  const counts = { open: 0, closed: 0, filtered: 0 };
  const ports = Array.from({ length: PORTS }, (_, i) => i + 1);
  const worker = async () => {
    for (let port = ports.shift(); port !== undefined; port = ports.shift()) counts[await probe(host, port, 300)]++;
  };
  await Promise.all(Array.from({ length: 128 }, worker));
  console.log(JSON.stringify(counts));
}

// The demo itself.

const hasNmap = spawnSync('nmap', ['--version']).status === 0;

/** Scans ports 1-1024 and returns how many were open, closed and silent. */
async function scan() {
  if (!hasNmap) return JSON.parse(await piece('scanner', 'connect-scan', address.victim));
  const patience = ['--max-retries', '1', '--max-rtt-timeout', '200ms', '--min-rate', '1500'];
  const child = inside('scanner', 'nmap', '-n', '-Pn', '-sS', `-p1-${PORTS}`, ...patience, '-oX', '-', address.victim);
  let xml = '';
  child.stdout.on('data', (chunk) => (xml += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  const counts = { open: 0, closed: 0, filtered: 0 };
  for (const [, state, count] of xml.matchAll(/<extraports state="(\w+)" count="(\d+)"/g))
    counts[state] += Number(count);
  for (const [, state] of xml.matchAll(/<port [^>]*><state state="(\w+)"/g)) counts[state]++;
  return counts;
}

async function visit() {
  const state = await piece('client', 'probe', address.victim, '80');
  say('client', `${address.client} -> ${address.victim}:80 is ${state}`);
  return state === 'open';
}

async function scanAndTell(what) {
  say('demo', what);
  const counts = await scan();
  const answers = counts.open + counts.closed;
  say(
    'scanner',
    `${answers} of ${PORTS} ports answered (${counts.open} open, ${counts.closed} closed), ${counts.filtered} were silent`,
  );
  return answers;
}

async function demo() {
  build();
  await until(inside('victim', process.execPath, self, 'listen').stdout, /ready/);
  const scanner = hasNmap ? 'nmap -sS' : 'a connect scan (nmap is not installed)';
  const bare = await scanAndTell(`Without Scanward: ${scanner} of ${address.victim}, ports 1-${PORTS}`);

  say('demo', 'Starting Scanward with its default policy: more than 3 ports within 60 s is a scan');
  const daemon = inside('victim', process.execPath, scanward, 'run', '--no-pin', '-i', 'eth0');
  const told = [];
  lines(daemon.stdout, (line) => {
    told.push(line);
    say('scanward', line);
  });
  await until(daemon.stderr, /attached to/, (line) => say('scanward', line));

  const welcome = [await visit()];
  const first = await scanAndTell(`The same scan, with Scanward`);
  welcome.push(await visit());
  const second = await scanAndTell('The scanner tries again');
  welcome.push(await visit());
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGINT');
  const code = await ended;
  await sleep(100);

  const promises = [
    ['the unprotected victim answered on every port', bare === PORTS],
    ['with Scanward at most 3 ports answered', first <= 3],
    ['the second scan saw nothing', second === 0],
    [
      'the scan was reported, once',
      ['detected', 'ended'].every((what) => {
        const report = `Port scan ${what}: ${address.scanner} -> ${address.victim}`;
        return told.filter((line) => line.includes(report)).length === 1;
      }),
    ],
    ['the ordinary client always got through', welcome.every(Boolean)],
    ['Scanward ended cleanly', code === 0],
  ];
  for (const [promise, held] of promises) say('demo', `${held ? 'yes' : 'NO '}  ${promise}`);
  return promises.every(([, held]) => held);
}

const [part, ...args] = process.argv.slice(2);
if (part === 'listen') await listen();
else if (part === 'probe') console.log(await probe(args[0], args[1], 1_000));
else if (part === 'connect-scan') await connectScan(args[0]);
else if (process.getuid() !== 0) {
  console.error('The demo makes network namespaces: run it as root (sudo make demo).');
  process.exitCode = 1;
} else {
  const interrupted = async () => {
    await cleanUp();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    process.exitCode = (await demo()) ? 0 : 1;
  } catch (error) {
    console.error(`demo: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await cleanUp();
  }
}
