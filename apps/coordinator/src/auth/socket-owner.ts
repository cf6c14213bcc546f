/** State ESTABLISHED in /proc/net/tcp (include/net/tcp_states.h). */
const established = '01';

const portOf = (address: string | undefined): number => parseInt(address?.split(':').at(-1) ?? '', 16);

/**
 * Who owns the peer's end of a connection within this machine: the uid of the established socket that is bound to
 * `peerPort` and connected to `ownPort`. Null when there is none, or when several users have one (other loopback
 * addresses), because then it can't be told whose this is.
 *
 * @param table text of /proc/net/tcp and tcp6 (proc_net_tcp(5)): sl, local, remote, state, queues, timer, retransmits, uid
 */
export function ownerOfConnection(table: string, peerPort: number, ownPort: number): number | null {
  const owners = new Set<number>();
  for (const line of table.split('\n')) {
    const [, local, remote, state, , , , uid] = line.trim().split(/\s+/);
    if (state !== established || portOf(local) !== peerPort || portOf(remote) !== ownPort) continue;
    owners.add(Number(uid));
  }
  const [owner] = owners;
  return owners.size === 1 && owner !== undefined && Number.isInteger(owner) ? owner : null;
}
