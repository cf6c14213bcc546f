import { readFileSync } from 'node:fs';

const lookEveryMs = 500;

function statOf(pid: number): { parent: number; name: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { parent, name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** The chain above us up to npm: our parent, and its parent when npm put a shell in between. */
function launchers(): string {
  const parent = process.ppid;
  const shell = statOf(parent);
  return shell !== null && /^(sh|dash|bash|ash|busybox)$/.test(shell.name) ? `${parent} ${shell.parent}` : `${parent}`;
}

/**
 * Under `npm start` the process that a person kills is npm. npm passes on every signal but SIGKILL; then we would live
 * on unseen, so we look whether it is still above us. Does nothing when npm did not start us.
 */
export function watchLauncher(environment: NodeJS.ProcessEnv, onGone: () => void): () => void {
  if (environment['npm_lifecycle_event'] === undefined) return () => undefined;
  const atStart = launchers();
  const timer = setInterval(() => {
    if (launchers() === atStart) return;
    clearInterval(timer);
    onGone();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
