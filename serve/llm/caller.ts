/** Who calls the gateway. */
import type { Client } from '../api/client.ts';
import type { Principal } from '../api/principal.ts';

export interface Caller {
  readonly client: Client;
  readonly principal: Principal;
}

/** One that waits for an answer. */
export interface WaitingCaller extends Caller {
  /** Aborted when it has gone. */
  readonly signal: AbortSignal;
}
