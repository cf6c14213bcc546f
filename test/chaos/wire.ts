import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Stands between one process and PostgreSQL. */
export class Wire {
  readonly #sockets = new Set<Socket>();
  readonly #halfOpen = new Set<Socket>();
  #deaf = false;
  #delayMs = 0;

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server);
    server.on('connection', (near) => wire.#join(near, connect(port, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on what the server answers is lost; what it is told still arrives. */
  loseAnswers(): void {
    this.#deaf = true;
  }

  /** Breaks every connection; new ones work. */
  breakAll(): void {
    this.#deaf = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on each answer of the server comes so late, ms; 0: at once. */
  delayAnswers(ms: number): void {
    this.#delayMs = ms;
  }

  /**
   * Nothing passes on today's connections any more, and neither end is told, as when something on the way forgot them. They stay like
   * that until the wire is closed; new ones work.
   */
  forgetAll(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data').unpipe().pause();
      this.#halfOpen.add(socket);
    }
    this.#sockets.clear();
  }

  close(): void {
    this.server.close();
    this.breakAll();
    for (const socket of this.#halfOpen) socket.destroy();
  }

  #join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay();
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!this.#halfOpen.delete(socket)) other.destroy();
      });
    }
    near.pipe(far);
    // In order however the delay changes: what comes later waits for what came before.
    let before = Promise.resolve();
    far.on('data', (bytes: Buffer) => {
      const late = this.#delayMs > 0 ? pause(this.#delayMs) : undefined;
      before = Promise.all([before, late]).then(() => {
        if (!this.#deaf && !this.#halfOpen.has(near) && !near.write(bytes)) far.pause();
      });
    });
    near.on('drain', () => far.resume());
  }
}
