import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const unit = 'xperf-fleet-worker.service';
const command = `systemctl restart ${unit}`;

/** Starts the worker's service where systemd runs and knows it. @returns what became of it, in words */
export async function startService(): Promise<string> {
  if (!existsSync('/run/systemd/system')) return 'no systemd here: start it with xperf-worker run';
  try {
    await promisify(execFile)('systemctl', ['restart', unit]);
    return `started; journalctl -u ${unit} shows what it does`;
  } catch (error) {
    return `not started (${(error as Error).message.trim()}); start it with ${command}`;
  }
}
