import { formatDuration } from '../flags/duration.ts';
import { counted, grouped } from '../tables/count.ts';
import { localSecond } from '../tables/local-time.ts';
import type { Style } from '../tables/style.ts';
import { wrap } from '../tables/wrap.ts';
import type { Status } from './status.ts';

const LABEL = 12;
const WIDTH = 80;

/** A status as lines of 80 columns. */
export function statusLines(status: Status, style: Style): string[] {
  const { name, bpffs, daemon, policy, connections, blocks, dropped, sources, allowed } = status;
  const guard = daemon.running ? style.good(runs(daemon.pid)) : style.warning(unattended(status));
  return [
    ...labelled('instance', `${name} in ${bpffs}, since ${local(status.since)}`, style),
    `${label('daemon', style)}${guard}`,
    ...labelled('interfaces', interfacesText(status), style),
    ...labelled('policy', policyText(policy), style),
    ...labelled('connections', grouped(connections), style),
    ...labelled('blocks', blocksText(blocks), style),
    ...labelled('dropped', `${counted(dropped.packets, 'packet')}, ${counted(dropped.bytes, 'byte')}`, style),
    ...labelled('lost', lostText(status.lost), style),
    ...labelled(
      'sources',
      `${grouped(sources.several_ports)} remembered, ${grouped(sources.one_port)} with one port so far`,
      style,
    ),
    ...labelled('allowed', `${grouped(allowed)} addresses and nets`, style),
  ];
}

const local = (iso: string): string => localSecond(Date.parse(iso));

const runs = (pid: number | null): string => `running${pid === null ? '' : ` (pid ${pid})`}`;

function unattended({ interfaces }: Status): string {
  return interfaces.length > 0 ? 'none runs: blocks go on, nothing is printed' : 'none runs, and nothing is attached';
}

function interfacesText({ interfaces }: Status): string {
  const texts = interfaces.map(({ name, mode, since }) =>
    mode === null ? `${name} (gone, or in another network namespace)` : `${name} (${mode}) since ${local(since)}`,
  );
  return texts.join('\n') || 'none';
}

function policyText({ mode, response, threshold, evidence, ...times }: Status['policy']): string {
  const { window_seconds, block_ttl_seconds } = times;
  const ttl = block_ttl_seconds === null ? 'for ever' : `for ${duration(block_ttl_seconds)}`;
  const action = response === 'block' ? `block ${ttl}` : 'log';
  const ports = evidence === 'closed' ? 'closed ports' : 'ports';
  return `mode ${mode}, response ${action}, threshold ${threshold} ${ports} in ${duration(window_seconds)}`;
}

const duration = (seconds: number): string => formatDuration(BigInt(Math.round(seconds * 1e9)));

function blocksText({ sources, sources_max, nets, nets_max, made }: Status['blocks']): string {
  const room = `room for ${grouped(sources_max)} and ${grouped(nets_max)}`;
  return `${counted(sources, 'source')} and ${counted(nets, 'net')} now (${room}); ${grouped(made)} made by the program`;
}

/** `12 scans (ring full), 3 SYNs (table full)`, or `nothing`. */
export function lostText(lost: Status['lost']): string {
  const causes: readonly [number, string][] = [
    [lost.connections, 'connections (ring full)'],
    [lost.scans, 'scans (ring full)'],
    [lost.blocks_refused, 'blocks (blocklist full)'],
    [lost.blocks_capped, 'blocks (too many)'],
    [lost.sources_evicted, 'sources (table full)'],
    [lost.one_port_sources_evicted, 'sources with one port (table full)'],
    [lost.syns_evicted, 'SYNs (table full)'],
  ];
  const told = causes.filter(([count]) => count > 0).map(([count, what]) => `${grouped(count)} ${what}`);
  return told.join(', ') || 'nothing';
}

const label = (text: string, style: Style): string => style.heading(text.padEnd(LABEL));

/** The label once, what belongs to it beside and below. */
function labelled(name: string, text: string, style: Style): string[] {
  const lines = text.split('\n').flatMap((line) => wrap(line, WIDTH - LABEL));
  return lines.map((line, i) => (i === 0 ? label(name, style) : ' '.repeat(LABEL)) + line);
}
