-- Why a flag was turned off is kept beside who did it.

select adopted.set_aside('20261128130100', array[]::text[]);

alter table etl.feature_flag_change add column if not exists reason text;
comment on column etl.feature_flag_change.reason is 'Why, in the words of who did it (setting penstock.reason); NULL where nothing was said.';

create or replace function etl.log_feature_flag() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into etl.feature_flag_change (key, old_key, change, actor, changed_at, verification_id, reason)
  values (
    coalesce(new.key, old.key),
    case when tg_op = 'UPDATE' then nullif(old.key, new.key) end,
    case when tg_op = 'DELETE' then 'deleted' when tg_op = 'INSERT' and new.enabled then 'enabled' when tg_op = 'INSERT' then 'created'
      when new.enabled and not old.enabled then 'enabled' when old.enabled and not new.enabled then 'disabled' else 'edited' end,
    etl.actor(), pg_catalog.clock_timestamp(), new.verification_id, nullif(pg_catalog.current_setting('penstock.reason', true), '')
  );
  return null;
end
$$;
comment on function etl.log_feature_flag() is 'Trigger of feature_flags: writes each change to etl.feature_flag_change.';
revoke all on function etl.log_feature_flag() from public, anon, authenticated, service_role;
