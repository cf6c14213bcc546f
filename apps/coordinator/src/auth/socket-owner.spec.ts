import { describe, expect, it } from '@jest/globals';
import { ownerOfConnection } from './socket-owner.js';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, remote: string, state: string, uid: number) =>
  `   4: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 1466467 1 00000000c4f1e7dd 20 4 30 10 -1`;

// 127.0.0.1:39000 (9858) is connected to 127.0.0.1:3000 (0BB8).
const client = line('0100007F:9858', '0100007F:0BB8', '01', 1000);
const server = line('0100007F:0BB8', '0100007F:9858', '01', 33);

describe('ownerOfConnection', () => {
  it('tells the owner of the peer’s end, not of ours', () => {
    expect(ownerOfConnection([heading, server, client].join('\n'), 39000, 3000)).toBe(1000);
  });

  it('reads IPv6 addresses', () => {
    const six = line('00000000000000000000000001000000:9858', '00000000000000000000000001000000:0BB8', '01', 1001);
    expect(ownerOfConnection([heading, six].join('\n'), 39000, 3000)).toBe(1001);
  });

  it.each([
    ['nothing has that port', line('0100007F:9859', '0100007F:0BB8', '01', 1000)],
    ['it is connected elsewhere', line('0100007F:9858', '0100007F:0BB9', '01', 1000)],
    ['the connection is closing', line('0100007F:9858', '0100007F:0BB8', '06', 0)],
    ['two users have such an end', [client, line('0200007F:9858', '0100007F:0BB8', '01', 0)].join('\n')],
    ['the line is cut off', client.slice(0, 60)],
    ['the table is empty', ''],
  ])('tells nobody when %s', (_, table) => {
    expect(ownerOfConnection([heading, table].join('\n'), 39000, 3000)).toBeNull();
  });
});
