import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between one process and PostgreSQL. */
export class Wire {
  readonly #sockets = new Set<Socket>();
  #deaf = false;

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

  close(): void {
    this.server.close();
    this.breakAll();
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
        other.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (bytes: Buffer) => {
      if (!this.#deaf && !near.write(bytes)) far.pause();
    });
    near.on('drain', () => far.resume());
  }
}
