-- Every column says what it holds: closed versions as their table in public does, the operational tables here.

do $$
declare
  col record;
begin
  for col in
    select h.relname as table_name, a.attname as column_name, pg_catalog.col_description(p.oid, pa.attnum) as doc
    from pg_catalog.pg_class h
    join pg_catalog.pg_class p on p.relname = h.relname and p.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_attribute a on a.attrelid = h.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_attribute pa on pa.attrelid = p.oid and pa.attname = a.attname
    where h.relnamespace = 'history'::regnamespace and h.relkind in ('r', 'p')
      and pg_catalog.col_description(h.oid, a.attnum) is null and pg_catalog.col_description(p.oid, pa.attnum) is not null
  loop
    execute format('comment on column history.%I.%I is %L', col.table_name, col.column_name, col.doc);
  end loop;
end
$$;

comment on column etl.run.run_id is 'Start of the run and a random end: 20261122T183915Z-ce1d4af6.';
comment on column etl.run.command is 'What was typed, without secrets.';
comment on column etl.run.source is 'Where answers came from: the network, recordings, generated samples; edit and adopted for rows that no run loaded.';
comment on column etl.run.started_at is 'When it started.';
comment on column etl.run.finished_at is 'NULL while it runs, or when it was killed.';
comment on column etl.run.exit_code is '0 fine, 1 usage or configuration, 2 an interval failed, 3 a blocking check stopped a load.';
comment on column etl.run.host is 'Machine that ran it.';
comment on column etl.run.process_id is 'Process number on that machine.';
comment on column etl.run.version is 'Version of penstock.';
comment on column etl.run.report_path is 'The report''s HTML page, on the machine that wrote it.';
comment on column etl.artifact.artifact_id is 'Number of the artifact.';
comment on column etl.artifact.dataset is 'Id of the dataset, e.g. ieso-demand.';
comment on column etl.artifact.interval_start is 'Start of the interval that the answer is for. Unit: UTC.';
comment on column etl.artifact.sha256 is 'Of the bytes as published, hexadecimal; their name in the landing.';
comment on column etl.artifact.url is 'Address that answered, without secrets.';
comment on column etl.artifact.bytes is 'Unit: bytes.';
comment on column etl.artifact.content_type is 'As the publisher said it.';
comment on column etl.artifact.etag is 'Validator of the answer, for conditional requests.';
comment on column etl.artifact.last_modified is 'Validator of the answer, for conditional requests.';
comment on column etl.artifact.fetched_at is 'When the publisher answered; of a recording, when it was recorded.';
comment on column etl.artifact.source is 'live, recordings or samples.';
comment on column etl.artifact.run_id is 'The run that stored it first.';
comment on column etl.load.load_id is 'What load_id of every row refers to.';
comment on column etl.load.run_id is 'The run, see etl.run.';
comment on column etl.load.dataset is 'The dataset; edit or adopted for rows that no dataset loaded.';
comment on column etl.load.table_name is 'public.<table>.';
comment on column etl.load.interval_start is 'Start of the interval, included. Unit: UTC.';
comment on column etl.load.interval_end is 'End of the interval, excluded. Unit: UTC.';
comment on column etl.load.definition_hash is 'SHA-256 over decoder, SQL, contract and checks that made the rows; NULL for an edit or adopted rows.';
comment on column etl.load.rows_read is 'Rows in the file.';
comment on column etl.load.rows_rejected is 'Rows that went to quarantine.';
comment on column etl.load.rows_inserted is 'Rows with a key that was not there.';
comment on column etl.load.rows_revised is 'Rows whose earlier version was closed.';
comment on column etl.load.rows_withdrawn is 'Rows that were closed without a successor.';
comment on column etl.load.rows_unchanged is 'Rows that were there with the same values.';
comment on column etl.interval.dataset is 'Id of the dataset, e.g. ieso-demand.';
comment on column etl.interval.interval_start is 'Start of the interval, included. Unit: UTC.';
comment on column etl.interval.interval_end is 'End of the interval, excluded. Unit: UTC.';
comment on column etl.interval.status is 'loaded, blocked (a check stopped it) or failed.';
comment on column etl.interval.definition_hash is 'Of the definition under which the outcome came about; another hash makes the interval stale.';
comment on column etl.interval.artifact_id is 'The answer that was loaded or refused.';
comment on column etl.interval.load_id is 'The last load that succeeded.';
comment on column etl.interval.loaded_at is 'When it was last loaded.';
comment on column etl.interval.error is 'The fault of a failed or blocked attempt: code, what, where, consequence, next.';
comment on column etl.quarantine.quarantine_id is 'Number of the refused row.';
comment on column etl.quarantine.dataset is 'Id of the dataset, e.g. ieso-demand.';
comment on column etl.quarantine.interval_start is 'Start of the interval. Unit: UTC.';
comment on column etl.quarantine.interval_end is 'End of the interval. Unit: UTC.';
comment on column etl.quarantine.artifact_id is 'The file that the row stands in.';
comment on column etl.quarantine.run_id is 'The run, see etl.run.';
comment on column etl.quarantine.line is 'Line of the file, from 1.';
comment on column etl.quarantine.rule is 'Name of the rule that refused it.';
comment on column etl.quarantine.reason is 'One sentence.';
comment on column etl.quarantine.row_key is 'Key of the row where it could be read.';
comment on column etl.quarantine.raw is 'The row as published, at most 2,000 characters.';
comment on column etl.quarantine.created_at is 'When it was refused.';
comment on column etl.quarantine.resolved_at is 'When a later load of the interval settled it.';
comment on column etl.quarantine.resolution is 'How it was settled.';
comment on column etl.check_result.check_result_id is 'Number of the result.';
comment on column etl.check_result.run_id is 'The run, see etl.run.';
comment on column etl.check_result.dataset is 'Id of the dataset, e.g. ieso-demand.';
comment on column etl.check_result.interval_start is 'Start of the interval. Unit: UTC.';
comment on column etl.check_result.interval_end is 'End of the interval. Unit: UTC.';
comment on column etl.check_result.load_id is 'NULL where the check stopped the load.';
comment on column etl.check_result.check_name is 'As the definition writes it, with its parameters.';
comment on column etl.check_result.severity is 'reject (rows to quarantine), block (stops the load), warn, info.';
comment on column etl.check_result.result is 'passed, found, or not checked, which is never good.';
comment on column etl.check_result.failing_rows is 'Rows that the check found.';
comment on column etl.check_result.samples is 'Some failing rows.';
comment on column etl.check_result.sql is 'DuckDB SQL that finds the failing rows; empty where it passed.';
comment on column etl.check_result.checked_at is 'When the check ran.';
comment on column etl.lease.dataset is 'Id of the dataset, e.g. ieso-demand.';
comment on column etl.lease.interval_start is 'Start of the interval. Unit: UTC.';
comment on column etl.lease.run_id is 'The run, see etl.run.';
comment on column etl.lease.backend_pid is 'Server process of the holder''s connection.';
comment on column etl.lease.backend_start is 'Start of that server process: numbers are used again.';
comment on column etl.lease.acquired_at is 'When the lease was taken.';
comment on column etl.lease.expires_at is 'Free to take from here on, unless it is renewed.';
comment on column etl.setting.name is 'Name of the fact.';
comment on column etl.setting.value is 'The fact.';
comment on column etl.migration_checksum.version is 'Version of the migration, as in supabase_migrations.schema_migrations.';
comment on column etl.migration_checksum.sha256 is 'Of the file as it was applied, with LF line ends.';
comment on column public.source_health.source_name is 'Publisher (ieso), or publisher and dataset (ieso/ieso-demand).';
comment on column public.source_health.last_success is 'When the publisher last answered and its data were in place.';
comment on column public.source_health.last_failure is 'When an interval last failed.';
comment on column public.source_health.consecutive_failures is 'Failures since the last success.';
comment on column public.source_health.notes is 'What is wrong and what to run next, or what was last done.';
comment on column public.source_health.status is 'healthy, degraded, failing (three failures in a row), unknown (never asked), not configured (no key).';
comment on column public.source_health.updated_at is 'When this row last changed.';
comment on table etl.migration_checksum is 'SHA-256 of each applied migration: an applied file that is edited later is refused.';
