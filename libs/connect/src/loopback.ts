const loopbackNames = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether a host or an address to listen on can be reached from this machine only; IPv6 with or without brackets. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return loopbackNames.has(bare) || /^127\.\d+\.\d+\.\d+$/.test(bare);
}
