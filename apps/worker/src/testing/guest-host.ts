import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { KernelSeriesName } from '#kernel-series';
import { hostGuestParameters } from '../../../../kernel/vm/host-guest.mjs';

export interface GuestHostBoot {
  series: KernelSeriesName;
  variant: 'hook' | 'stock';
  /** More kernel parameters. */
  append?: string;
  /** CPUs as QEMU's -smp takes them; two cores of their own otherwise. */
  smp?: string;
  /** The CPU that is kept free for measuring. */
  isolated?: number;
}

export interface Said {
  status: number;
  /** Standard output and error. */
  output: string;
}

/** One command a line, in base64; its exit status and output go back the same way. */
const answerCommands = (port: number): string => `#!/bin/bash
exec 3<>/dev/tcp/10.0.2.2/${port}
echo ready >&3
while read -r command <&3; do
  output=$(base64 -d <<<"$command" | bash 2>&1 3>&-)
  echo "$? $(base64 -w 0 <<<"$output")" >&3
done
`;

/** As the executor `vm` boots again (executors/vm/guests.ts), and for the same cause: QEMU's, while the kernel patches itself. */
const mostBoots = 3;

/** Starts QEMU until a guest has called: again when its kernel panics before that. */
async function connected(
  boot: GuestHostBoot,
  folder: string,
  server: Server,
): Promise<{ qemu: ChildProcess; socket: Socket }> {
  for (let boots = 1; ; boots += 1) {
    const consolePath = join(folder, `console-${boots}`);
    const parameters = hostGuestParameters({ smp: '2', isolated: 1, ...boot, work: folder, consolePath });
    const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...parameters], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    qemu.stdout.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4_000)));
    const called = new AbortController();
    const [socket] = (await Promise.race([
      once(server, 'connection', { signal: called.signal }),
      once(qemu, 'exit').then(() => []),
    ])) as Socket[];
    if (socket !== undefined) return { qemu, socket };
    called.abort();
    const consoleText = await readFile(consolePath, 'utf8').catch(() => '');
    const ended = `the guest ended: ${said}\n${consoleText.slice(-6_000)}`;
    if (!consoleText.includes('Kernel panic') || boots === mostBoots) throw new Error(ended);
    process.stderr.write(`boot ${boots} of a guest panicked before it called, booting another\n`);
  }
}

/** A patched (or stock) machine with this machine's programs, booted under emulation; kernel/vm/guest/host.c. */
export class GuestHost {
  /** The folder that stands at /opt/work in the guest. */
  private constructor(
    readonly folder: string,
    private readonly qemu: ChildProcess,
    private readonly server: Server,
    private readonly socket: Socket,
    private readonly lines: AsyncIterator<string>,
  ) {}

  /** @param prepare puts what the guest needs into the folder that it will see at /opt/work */
  static async boot(
    boot: GuestHostBoot,
    prepare: (folder: string) => Promise<void> = async () => {},
  ): Promise<GuestHost> {
    const folder = await mkdtemp(join(tmpdir(), 'xf-guest-'));
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await writeFile(join(folder, 'start.sh'), answerCommands((server.address() as AddressInfo).port), { mode: 0o755 });
    await prepare(folder);
    const { qemu, socket } = await connected(boot, folder, server);
    const guest = new GuestHost(
      folder,
      qemu,
      server,
      socket,
      createInterface({ input: socket })[Symbol.asyncIterator](),
    );
    await guest.line();
    return guest;
  }

  /** Runs a script with bash, as root, and waits for its end; what it leaves behind must not hold its output open. */
  async run(script: string): Promise<Said> {
    const answer = this.line();
    this.socket.write(`${Buffer.from(script).toString('base64')}\n`);
    const [status = '', output = ''] = (await answer).split(' ');
    return { status: Number(status), output: Buffer.from(output, 'base64').toString() };
  }

  /** @throws with what it said when the script fails */
  async succeed(script: string): Promise<string> {
    const { status, output } = await this.run(script);
    if (status !== 0) throw new Error(`status ${status} of ${script}:\n${output}`);
    return output.trim();
  }

  async close(): Promise<void> {
    const gone = once(this.qemu, 'exit');
    this.qemu.kill('SIGKILL');
    await gone;
    this.socket.destroy();
    this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async line(): Promise<string> {
    const next = await this.lines.next();
    if (next.done === true) throw new Error('the guest hung up');
    return next.value;
  }
}
