/** Feature flags as the database judges them; the server and the command line say the same. */
import type { Database } from '../core/effects.ts';
import { FLAGS } from '../core/flags.ts';

export interface FlagState {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly capability: string;
  readonly enabled: boolean;
  /** Enabled, and what is behind it is neither stale nor a sample nor unknown. */
  readonly effective: boolean;
  /** Why it is not effective, in words; null where it is. */
  readonly reason: string | null;
  readonly enabled_by: string | null;
  readonly enabled_at: string | null;
  /** The newest of its capability in this database. */
  readonly verification: { readonly run_id: string; readonly finished_at: string; readonly passed: boolean } | null;
  readonly stale_since: string | null;
}

// grain: one row per flag. reads: feature_flag_states. params: none.
const STATES = `
  select key, title, description, capability, enabled, effective, reason, enabled_by, to_json(enabled_at) #>> '{}' as enabled_at, verification,
    to_json(stale_since) #>> '{}' as stale_since
  from public.feature_flag_states()`;

// grain: one row per flag that was not there. writes: feature_flags. params: $1 keys, $2 titles, $3 descriptions.
const REGISTER = `
  insert into public.feature_flags (key, title, description, capability)
  select key, title, description, key from unnest($1::text[], $2::text[], $3::text[]) f (key, title, description)
  where not exists (select from public.feature_flags there where there.key = f.key)
  on conflict (key) do nothing`;

/** Flags that are not in the table yet come into it, off. @param service works as service_role */
export async function registerFlags(service: Database): Promise<void> {
  await service.query(REGISTER, [
    FLAGS.map(({ key }) => key),
    FLAGS.map(({ title }) => title),
    FLAGS.map(({ description }) => description),
  ]);
}

/** The same once in the life of a server. Where it cannot be written, flags that are there are still read, and what is not there is off. */
export function flagRegistrar(service: Database): () => Promise<void> {
  let registered = false;
  return async () => {
    if (registered) return;
    registered = await registerFlags(service).then(
      () => true,
      () => false,
    );
  };
}

/** In the order in which FLAGS has them, then the others by their keys. */
export async function readFlagStates(reads: Database): Promise<FlagState[]> {
  const states = await reads.query<FlagState>(STATES);
  const place = new Map(FLAGS.map(({ key }, i) => [key, i]));
  return states.toSorted((a, b) => (place.get(a.key) ?? FLAGS.length) - (place.get(b.key) ?? FLAGS.length));
}
