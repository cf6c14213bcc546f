import type { BootChange } from '#contracts';
import { count, counted } from './figures.js';

/** Hosts that are named before the rest is only counted. */
const named = 3;

/** `h1, h2, h3 and 17 more`, of as many as there are in all. */
export function hostsText(hosts: readonly string[], inAll = hosts.length): string {
  const shown = hosts.slice(0, named);
  return `${shown.join(', ')}${inAll > shown.length ? ` and ${count(inAll - shown.length)} more` : ''}`;
}

/** What changed: `kernel 6.1.170 → 6.1.178`. */
export function fieldsText({ kind, fields }: Pick<BootChange, 'kind' | 'fields'>): string {
  const told = fields.map(({ field, from, to }) => `${field} ${from ?? 'not known'} → ${to ?? 'not known'}`).join(', ');
  return kind === 'another-machine' ? `another machine, ${told}` : told || 'nothing that is known by name';
}

/** What changed in the boot states of some hosts: `kernel 6.1.170 → 6.1.178 on 20 hosts (h1, h2, h3 and 17 more)`. */
export function bootChangeText({
  hosts,
  hostCount,
  ...changed
}: Pick<BootChange, 'kind' | 'fields' | 'hosts' | 'hostCount'>): string {
  return `${fieldsText(changed)} on ${counted(hostCount, 'host')} (${hostsText(hosts, hostCount)})`;
}
