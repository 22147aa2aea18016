import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { DaemonSet } from 'kubernetes-models/apps/v1';
import { ConfigMap, Namespace } from 'kubernetes-models/v1';
import { at, type Json } from './documents.ts';

const models = { ConfigMap, DaemonSet, Namespace, PodMonitor };

/**
 * What a manifest has that the schema of its kind, made of the published OpenAPI documents, does not: wrong values, and fields
 * that are unknown, which an API server refuses only when it is asked to be strict.
 *
 * @returns messages, each with the path of what is wrong
 */
export function schemaProblems(manifest: Json): string[] {
  const kind = at(manifest, 'kind');
  if (typeof kind !== 'string' || !(kind in models))
    return [`kind: ${JSON.stringify(kind)} is none of those that are checked`];
  const schema = models[kind as keyof typeof models].prototype;
  const read = new Map<object, Set<string>>();
  try {
    schema.validate.call(watched(manifest, read) as never);
  } catch (error) {
    return [(error as Error).message];
  }
  return unread(manifest, read, '');
}

/** The schemas are compiled to code that looks at each field that it knows, and only at those; so we note where it looked. */
function watched(value: Json, read: Map<object, Set<string>>): Json {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, key) {
      const found = Reflect.get(target, key) as Json;
      if (typeof key !== 'string') return found;
      read.set(target, (read.get(target) ?? new Set()).add(key));
      return watched(found, read);
    },
  });
}

function unread(value: Json, read: ReadonlyMap<object, ReadonlySet<string>>, path: string): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Json]) => {
    const here = `${path}/${key}`;
    return read.get(value)?.has(key) ? unread(inner, read, here) : [`${here} is no field of the schema`];
  });
}
