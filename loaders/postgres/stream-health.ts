/**
 * `stream_health`: a stream is as well as the dataset that fills it newest. Of several that feed one stream (the publisher's table and a copy of
 * it) readers see the newest rows, so a broken copy harms nobody, and a broken original shows as soon as its rows are the newest.
 * A stream that nobody could measure has no row: unknown is not healthy.
 */
import type { Database } from '../../core/effects.ts';
import { toPg } from './instant.ts';

export interface StreamSources {
  /** Key in `stream_health`. */
  readonly key: string;
  /** Names in `source_health` of all datasets that feed it. */
  readonly sources: readonly string[];
}

/** In the transaction that has written the datasets' rows. */
export async function deriveStream(tx: Database, { key, sources }: StreamSources, at: number): Promise<void> {
  // Datasets of two publishers may feed one stream, so the publishers' locks are not enough.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`penstock.stream.${key}`]);
  await tx.query(
    `with fed as (
       select * from public.source_health where source_name = any ($2) and status in ('healthy', 'degraded', 'failing')
       order by covered_until desc nulls last, array_position(array['healthy', 'degraded', 'failing'], status), source_name limit 1
     ), gone as (
       delete from public.stream_health where stream_key = $1 and not exists (select from fed)
     )
     insert into public.stream_health as s (stream_key, status, last_success, last_error, error_count, metadata, updated_at)
     select $1, case status when 'failing' then 'error' else status end, last_success, last_failure, consecutive_failures,
       jsonb_strip_nulls(jsonb_build_object('dataset', split_part(source_name, '/', 2), 'covered_until', covered_until, 'freshness', freshness,
         'score', score, 'code', case when consecutive_failures > 0 then substring(last_answer from '[A-Z]+(?:_[A-Z]+)+') end)), $3
     from fed
     on conflict (stream_key) do update set status = excluded.status, last_success = excluded.last_success, last_error = excluded.last_error,
       error_count = excluded.error_count, metadata = excluded.metadata, updated_at = excluded.updated_at`,
    [key, sources, toPg(at)],
  );
}
