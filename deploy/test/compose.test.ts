import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { repositoryFile } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkConfig } from './check-config.ts';
import { composeProblems } from './compose-schema.ts';
import { at, documentsOf, type Json } from './documents.ts';
import { RIGHTS, rightsOfService } from './rights.ts';

const place = repositoryFile('deploy/compose.yaml');
const text = readFileSync(place, 'utf8');
const compose = documentsOf(text, 'compose.yaml')[0]!.value;
const services = at(compose, 'services') as Readonly<Record<string, Json>>;

type Build = Readonly<Record<'context' | 'dockerfile', string>>;

function spoiled(right: string, wrong: string): string {
  expect(text).toContain(right);
  return text.replace(right, wrong);
}

test('it is of the compose specification', () => {
  expect(composeProblems(text)).toEqual([]);
});

test.each([
  ['cap_drop:', 'cap_drops:', 'additional properties'],
  ['read_only: true', 'read_only: [true]', 'must be boolean'],
  ['cap_add: [BPF, NET_ADMIN, PERFMON]', 'cap_add: BPF', 'must be array'],
  ['stop_grace_period: 5s', 'stop_grace_period: 5', 'must be string'],
  ['networks:\n  demo:', 'network:\n  demo:', 'additional properties'],
])('%s as %s is not', (right, wrong, problem) => {
  expect(composeProblems(spoiled(right, wrong)).join()).toContain(problem);
});

test('a port that is open to all is warned of', () => {
  expect(composeProblems(spoiled("'127.0.0.1:$", "'$")).join()).toContain('no-unbound-port-interfaces');
});

test('Scanward has the three capabilities, and no other right', () => {
  expect(rightsOfService(services['scanward'])).toEqual(RIGHTS);
  for (const key of ['pid', 'ipc', 'devices', 'network_mode']) expect(at(services['scanward'], key)).toBeUndefined();
});

test.each([
  ['cap_add: [BPF, NET_ADMIN, PERFMON]', 'cap_add: [BPF, NET_ADMIN]'],
  ['cap_add: [BPF, NET_ADMIN, PERFMON]', 'cap_add: [SYS_ADMIN]'],
  ['cap_drop: [ALL]', 'cap_drop: []'],
  ['read_only: true', 'privileged: true'],
  ["'no-new-privileges:true', ", ''],
])('%s as %s is noticed', (right, wrong) => {
  const mistaken = documentsOf(spoiled(right, wrong), 'compose.yaml')[0]!.value;
  expect(rightsOfService(at(mistaken, 'services.scanward'))).not.toEqual(RIGHTS);
});

test('the others have no more than they need', () => {
  const added = { prometheus: [], attacker: ['NET_RAW'], client: [] };
  for (const [name, capabilities] of Object.entries(added))
    expect(rightsOfService(services[name])).toEqual({ ...RIGHTS, added: capabilities });
});

test('the flags are those of the command, and the configuration of the nodes would be taken', async () => {
  const args = at(services['scanward'], 'command') as string[];
  expect(await checkConfig({ args, env: {} }, 'response: block')).toMatchObject({ stderr: '', exitCode: 0 });
  const mistaken = await checkConfig({ args: [...args, '--no-pins'], env: {} }, 'response: block');
  expect(mistaken).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--no-pins') as string });
});

test('what it names of this repository is there', () => {
  const builds = Object.values(services).flatMap((service) => (at(service, 'build') as Build | undefined) ?? []);
  const named = [
    ...builds.map(({ context, dockerfile }) => `${context}/${dockerfile}`),
    ...Array.from(text.matchAll(/(?:seccomp=|\[)(\.\/[\w.-]+)/g), ([, path]) => path!),
  ];
  expect(named.length).toBeGreaterThanOrEqual(5);
  for (const path of named) expect(existsSync(resolve(dirname(place), path)), path).toBe(true);
});

test('Prometheus asks where Scanward shows its metrics, from the same network namespace', () => {
  const { scrape_configs } = parse(readFileSync(repositoryFile('deploy/prometheus/prometheus.yml'), 'utf8')) as Record<
    string,
    Json
  >;
  expect(at(scrape_configs, '0.static_configs.0.targets')).toEqual(['127.0.0.1:9464']);
  expect(at(services['prometheus'], 'network_mode')).toBe('service:scanward');
});
