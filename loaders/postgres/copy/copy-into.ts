/** Sends a DuckDB result into a PostgreSQL table with one binary COPY. */
import { Client, escapeIdentifier, type ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Fault } from '../../../core/errors.ts';
import type { CopyColumn, CopyConstant } from './column.ts';
import { BUFFER_BYTES, encodeCopy, newBuffer, planCopy, type CopyProgress, type CopySource } from './encode.ts';
import { countFault, serverFault } from './faults.ts';

export interface CopyTarget {
  /** `schema.name`, or the name alone for what the search path finds (temporary tables). */
  readonly table: string;
  /** In the order of the source's columns. */
  readonly columns: readonly CopyColumn[];
  /** Columns that follow, e.g. `load_id`. */
  readonly constants?: readonly CopyConstant[];
}

export interface CopyResult {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Copies every row of the source; resolves when the server has stored all of them, in the caller's transaction if there is one.
 *
 * When it rejects, the COPY has stored nothing. Unless the connection is gone the client is ready for `rollback`.
 *
 * @throws Fault `COPY_TYPE_MISMATCH` before anything is sent, `COPY_CELL_NOT_STORABLE`, `COPY_DUPLICATE_KEY`, `COPY_REFUSED`,
 * `COPY_CONNECTION_LOST`, `COPY_ROW_COUNT_DIFFERS`; what the source itself throws is passed on.
 */
export async function copyInto(client: ClientBase, target: CopyTarget, source: CopySource): Promise<CopyResult> {
  const { table, columns, constants = [] } = target;
  const plan = planCopy(source, columns, constants);
  const progress: CopyProgress = { rows: 0, bytes: 0 };

  const spare: Buffer[] = [];
  const socket = client instanceof Client ? client.connection.stream : null;

  const stream = client.query(copyFrom(copyStatement(table, [...columns, ...constants])));
  let failure: Error | null = null;
  let wake: () => void = () => undefined;
  const onError = (error: Error): void => {
    failure ??= error;
    wake();
  };
  const onEnd = (): void => onError(new Error('the server closed the connection'));
  stream.on('error', onError);
  client.on('error', onError);
  client.on('end', onEnd);

  // Resolves, never rejects, when the step is done or the COPY has failed: a dead socket calls nobody back.
  const step = (start: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      if (failure === null) start(resolve);
      else resolve();
    });
  const detach = (): void => {
    client.off('error', onError);
    client.off('end', onEnd);
  };
  const check = (): void => {
    if (failure !== null) throw serverFault(table, failure);
  };

  try {
    let sending = Promise.resolve();
    for await (const buffer of encodeCopy(plan, progress, () => spare.pop() ?? newBuffer())) {
      await sending;
      check();
      sending = step((done) => {
        stream.write(buffer, () => {
          // The callback may come while the socket still holds the bytes; only an empty socket has let go of the buffer.
          if (socket?.writableLength === 0 && buffer.buffer.byteLength === BUFFER_BYTES) {
            spare.push(Buffer.from(buffer.buffer));
          }
          done();
        });
      });
    }
    await sending;
    check();
    await step((done) => stream.end(() => done()));
    check();
  } catch (error) {
    if (failure === null) {
      const reason = error instanceof Error ? error : new Error(String(error));
      await step((done) => stream.once('close', done).destroy(reason));
    }
    // A lost connection reports itself again when its socket closes, and an unheard 'error' event ends the process.
    if (!(error instanceof Fault && error.code === 'COPY_CONNECTION_LOST')) detach();
    throw error;
  }
  detach();
  if (stream.rowCount !== progress.rows) throw countFault(table, progress.rows, stream.rowCount);
  return progress;
}

function copyStatement(table: string, columns: readonly { readonly name: string }[]): string {
  const target = table.split('.').map(escapeIdentifier).join('.');
  return `copy ${target} (${columns.map(({ name }) => escapeIdentifier(name)).join(', ')}) from stdin (format binary)`;
}
