-- Published numbers are written by loads alone, which run as the owner: whoever holds the service key reads them. A number that somebody
-- changed past the loader would keep the load_id, and with it the address, of a publisher who never said it.

-- These tables have closed versions and no edit trigger, which would make each change by hand a version of its own.
do $$
declare
  series name;
begin
  for series in
    select c.relname
    from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p')
      and exists (select from pg_catalog.pg_class h where h.relnamespace = 'history'::regnamespace and h.relname = c.relname)
      and not exists (
        select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and t.tgfoid = 'etl.record_edit()'::regprocedure
      )
    order by c.relname
  loop
    execute format('revoke all on public.%I from service_role', series);
    execute format('grant select on public.%I to service_role', series);
    execute format('drop policy if exists %I on public.%I', series || '_service', series);
    execute format('create policy %I on public.%I for select to service_role using (true)', series || '_service', series);
  end loop;
end
$$;
