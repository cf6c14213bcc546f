// The little of QEMU's control protocol (QMP) that the self-test needs.
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Saves guest memory to a file, then ends QEMU.
 * @param {string} socketPath
 * @param {{ physical: bigint, size: bigint, file: string }} memory
 */
export async function saveMemoryAndQuit(socketPath, { physical, size, file }) {
  const socket = createConnection(socketPath);
  await once(socket, 'connect');
  const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
  /** @param {{ execute: string, arguments?: object }} command */
  const execute = async (command) => {
    socket.write(`${JSON.stringify(command)}\n`);
    for (;;) {
      const { value, done } = await replies.next();
      if (done) throw new Error(`QEMU closed its control port at ${command.execute}`);
      const reply = /** @type {{ return?: unknown, error?: { desc: string } }} */ (JSON.parse(value));
      if (reply.error) throw new Error(`QEMU refused ${command.execute}: ${reply.error.desc}`);
      if ('return' in reply) return;
    }
  };
  try {
    await execute({ execute: 'qmp_capabilities' });
    const parameters = { val: Number(physical), size: Number(size), filename: file };
    await execute({ execute: 'pmemsave', arguments: parameters });
    await execute({ execute: 'quit' });
  } finally {
    socket.destroy();
  }
}
