/** Rows as an Arrow IPC stream: the type of each column follows from PostgreSQL's, and the schema's metadata holds the provenance. */
import { tableToIPC } from 'apache-arrow';
import type { RowTable } from './endpoint.ts';

export function arrowOf(_table: RowTable, _provenance: unknown): Uint8Array<ArrayBuffer> {
  void tableToIPC;
  throw new Error('not yet');
}
