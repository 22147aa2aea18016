import { readFileSync } from 'node:fs';
import { repositoryFile } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { checkConfig, unused, type Start } from './check-config.ts';
import { at, documentsIn, documentsOf, type Document, type Json } from './documents.ts';
import { schemaProblems } from './kubernetes-schema.ts';
import { RIGHTS, rightsOfContainer } from './rights.ts';

const folder = repositoryFile('deploy/kubernetes');
const text = (file: string) => readFileSync(`${folder}/${file}`, 'utf8');
const documents: Document[] = documentsIn(folder);
const manifests = documents.filter(({ file }) => file !== 'kustomization.yaml');
const pod = at(one('daemonset.yaml'), 'spec.template.spec');
const container = at(pod, 'containers.0');

function one(file: string, content = text(file)): Json {
  const [document, ...others] = documentsOf(content, file);
  expect(others).toEqual([]);
  return document!.value;
}

/** The file with a mistake in it, which must be possible to make. */
function spoiled(file: string, right: string, wrong: string): Json {
  expect(text(file)).toContain(right);
  return one(file, text(file).replace(right, wrong));
}

test.each(manifests)('$file is of its schema', ({ value }) => {
  expect(schemaProblems(value)).toEqual([]);
});

test.each([
  ['daemonset.yaml', 'hostNetwork:', 'hostNetwrk:', '/spec/template/spec/hostNetwrk'],
  ['daemonset.yaml', 'readOnlyRootFilesystem:', 'readOnlyRootFileSystem:', '/securityContext/readOnlyRootFileSystem'],
  ['daemonset.yaml', 'hostNetwork: true', 'hostNetwork: "true"', '/spec/template/spec/hostNetwork must be boolean'],
  ['daemonset.yaml', 'drop: [ALL]', 'drop: ALL', '/securityContext/capabilities/drop must be array'],
  ['daemonset.yaml', 'apps/v1', 'apps/v2', '/apiVersion'],
  ['daemonset.yaml', '  selector:', '  selectors:', 'selector'],
  ['configmap.yaml', '  scanward.yaml: |', '  scanward.yaml: 5\n  text: |', 'must be string'],
  ['podmonitor.yaml', 'jobLabel:', 'joblabel:', '/spec/joblabel'],
  ['podmonitor.yaml', 'targetLabel:', 'targetLabels:', '/targetLabels'],
  ['namespace.yaml', 'kind: Namespace', 'kind: NameSpace', '"NameSpace" is none'],
])('%s with %s as %s is not', (file, right, wrong, problem) => {
  expect(schemaProblems(spoiled(file, right, wrong)).join()).toContain(problem);
});

test('the kustomization takes all of them', () => {
  expect(at(one('kustomization.yaml'), 'resources')).toEqual(expect.arrayContaining(manifests.map(({ file }) => file)));
});

test('the pod has the three capabilities, and no other right', () => {
  expect(rightsOfContainer(container)).toEqual(RIGHTS);
  expect(at(pod, 'hostNetwork')).toBe(true);
  expect(at(pod, 'automountServiceAccountToken')).toBe(false);
  expect(at(pod, 'securityContext.seccompProfile.type')).toBe('RuntimeDefault');
  for (const key of ['hostPID', 'hostIPC', 'initContainers']) expect(at(pod, key)).toBeUndefined();
  expect(at(pod, 'containers')).toHaveLength(1);
});

test.each([
  ['add: [BPF, NET_ADMIN, PERFMON]', 'add: [BPF, NET_ADMIN]'],
  ['add: [BPF, NET_ADMIN, PERFMON]', 'add: [BPF, NET_ADMIN, PERFMON, SYS_ADMIN]'],
  ['drop: [ALL]', 'drop: [NET_RAW]'],
  ['drop: [ALL]', ''],
  ['readOnlyRootFilesystem: true', ''],
  ['privileged: false', 'privileged: true'],
  ['allowPrivilegeEscalation: false', ''],
])('%s as %s is noticed', (right, wrong) => {
  const mistaken = at(spoiled('daemonset.yaml', right, wrong), 'spec.template.spec.containers.0');
  expect(rightsOfContainer(mistaken)).not.toEqual(RIGHTS);
});

test('the image is that of this version', () => {
  const { version } = JSON.parse(readFileSync(repositoryFile('packages/cli/package.json'), 'utf8')) as Record<
    string,
    string
  >;
  expect(at(container, 'image')).toBe(`scanward:${version!}`);
});

test('what selects pods finds them, by a port that they have', () => {
  const labels = at(one('daemonset.yaml'), 'spec.template.metadata.labels');
  const endpoint = at(one('podmonitor.yaml'), 'spec.podMetricsEndpoints.0');
  expect(labels).toMatchObject(at(one('daemonset.yaml'), 'spec.selector.matchLabels') as object);
  expect(labels).toMatchObject(at(one('podmonitor.yaml'), 'spec.selector.matchLabels') as object);
  expect(at(endpoint, 'port')).toBe(at(container, 'ports.0.name'));
});

test('the alerts know the job by the label that names it', () => {
  const labels = at(one('daemonset.yaml'), 'spec.template.metadata.labels') as Record<string, string>;
  const job = labels[at(one('podmonitor.yaml'), 'spec.jobLabel') as string];
  expect(readFileSync(repositoryFile('deploy/prometheus/scanward.rules.yml'), 'utf8')).toContain(`job="${job!}"`);
});

test('each folder that is mounted has a volume', () => {
  const names = (path: string) => (at(pod, path) as { name: string }[]).map(({ name }) => name).sort();
  expect(names('containers.0.volumeMounts')).toEqual(names('volumes'));
});

const configuration = (at(one('configmap.yaml'), 'data') as Record<string, string>)['scanward.yaml']!;

/** How the kubelet starts such a container on node 192.0.2.1. */
function startOf(value: Json | undefined): Start {
  const variables = at(value, 'env') as { name: string; value?: string; valueFrom?: Json }[];
  const env: Record<string, string> = {};
  for (const { name, value: own, valueFrom } of variables) {
    if (own === undefined) expect(at(valueFrom, 'fieldRef.fieldPath')).toBe('status.hostIP');
    env[name] = own?.replaceAll(/\$\((\w+)\)/g, (_, earlier: string) => env[earlier]!) ?? '192.0.2.1';
  }
  return { args: at(value, 'args') as string[], env };
}

test('the command takes arguments, environment and configuration of the pod', async () => {
  const start = startOf(container);
  const result = await checkConfig(start, configuration);
  expect(result).toMatchObject({ stderr: '', exitCode: 0 });
  expect(unused(start, result)).toEqual([]);
  expect(result.stdout).toMatch(/^metrics: "?192\.0\.2\.1:9464/m);
  expect(result.stdout).toMatch(/^response: log +# .*scanward\.yaml:\d+$/m);
});

test('so it does with what is to be filled in', async () => {
  const filledIn = configuration.replaceAll(/^#( *(?:allow:|interface:|- ))/gm, '$1');
  const { stdout, stderr } = await checkConfig(startOf(container), filledIn);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^allow: .*192\.0\.2\.0\/24/m);
});

test.each([
  ['response: log', 'respones: log', 'did you mean response'],
  ['keep-on-exit: false', 'keep-on-exit: perhaps', 'keep-on-exit'],
])('a configuration with %s as %s is refused', async (right, wrong, problem) => {
  expect(configuration).toContain(right);
  const { stderr, exitCode } = await checkConfig(startOf(container), configuration.replace(right, wrong));
  expect(exitCode).toBe(2);
  expect(stderr).toContain(problem);
});

test('a variable or a flag that is none is noticed', async () => {
  const spoil = (right: string, wrong: string) =>
    startOf(at(spoiled('daemonset.yaml', right, wrong), 'spec.template.spec.containers.0'));
  const variable = spoil('SCANWARD_METRICS', 'SCANWARD_METRIC');
  expect(unused(variable, await checkConfig(variable, configuration))).toEqual(['SCANWARD_METRIC']);
  const flag = await checkConfig(spoil('args: [run]', 'args: [run, --keep-on-exits]'), configuration);
  expect(flag).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--keep-on-exit') as string });
});

test('a volume in which others could put another file is not believed', async () => {
  const { stderr, exitCode } = await checkConfig(startOf(container), configuration, 0o777);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('others may write to its folder');
});
