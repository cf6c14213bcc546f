import { type DomainEvent, readEvent } from '#contracts';
import pg from 'pg';

/** An event as it stands in the table; its data are taken at their word, never upcast or repaired, but for a plan, which is unpacked. */
export type StoredEvent = DomainEvent & {
  eventId: string;
  stream: string;
  version: number;
  /** The order in which events were written, over all streams. */
  position: bigint;
};

/** The key of a row of `sample_batches`. */
export interface BatchKey {
  eventId: string;
  runId: string;
  attempt: number;
  batch: number;
}

export interface BatchBytes {
  batch: number;
  samples: Buffer;
  raw: Buffer;
}

/** What the oracle believes: rows of the database and nothing that a process said. */
export class Rows {
  constructor(private readonly client: pg.Client) {}

  async events(): Promise<StoredEvent[]> {
    const { rows } = await this.client.query<
      Omit<StoredEvent, 'position'> & { position: string; schemaVersion: number }
    >(
      `SELECT event_id AS "eventId", stream, version, type, schema_version AS "schemaVersion", data, position::text AS position
         FROM events ORDER BY stream, version`,
    );
    return rows.map(({ schemaVersion, ...row }) => {
      const { data } = row.type === 'JobSubmitted' ? readEvent(row.type, schemaVersion, row.data) : row;
      return { ...row, data, position: BigInt(row.position) } as StoredEvent;
    });
  }

  async batchKeys(): Promise<BatchKey[]> {
    const { rows } = await this.client.query<BatchKey>(
      `SELECT event_id AS "eventId", run_id AS "runId", attempt, batch FROM sample_batches`,
    );
    return rows;
  }

  async batches(runId: string, attempt: number): Promise<BatchBytes[]> {
    const { rows } = await this.client.query<BatchBytes>(
      'SELECT batch, samples, raw FROM sample_batches WHERE run_id = $1 AND attempt = $2 ORDER BY batch',
      [runId, attempt],
    );
    return rows;
  }
}
