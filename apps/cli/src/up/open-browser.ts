import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What opens a file in the person's browser; null where there is no desktop to open it on. */
function openerOf(platform: string, environment: NodeJS.ProcessEnv): string | null {
  if (platform === 'darwin') return 'open';
  const desktop = environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'] ?? '';
  return platform === 'linux' && desktop !== '' ? 'xdg-open' : null;
}

/**
 * Opens a link in the person's browser, where there is one. Other users can read the arguments of every process, so the
 * link travels in a file that only this user can read. Whether it worked is not known: the link is also printed.
 */
export async function openInBrowser(
  makeLink: () => Promise<string>,
  {
    dataDir,
    environment,
    platform = process.platform,
  }: {
    dataDir: string;
    environment: NodeJS.ProcessEnv;
    platform?: string;
  },
): Promise<void> {
  const opener = openerOf(platform, environment);
  if (opener === null) return;
  const file = path.join(dataDir, 'open-console.html');
  const link = JSON.stringify(await makeLink());
  await writeFile(file, `<!doctype html><title>xperf-fleet</title><script>location.replace(${link})</script>\n`, {
    mode: 0o600,
  });
  const child = spawn(opener, [file], { env: environment, detached: true, stdio: 'ignore' });
  child.once('error', () => undefined); // there is no such program; the printed link is there
  child.unref();
}
