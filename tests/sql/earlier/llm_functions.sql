-- Functions with our names and other results, one of them twice.
create function public.llm_rl_increment(p_user_id text, p_window timestamptz) returns int language sql as $$ select 1 $$;
create function public.llm_rl_increment(p_user_id text, p_window timestamptz, p_default_limit int) returns table (count int, user_quota int) language sql security definer as $$ select 1, 60 $$;
create function public.llm_purge_old() returns void language plpgsql as $$ begin delete from public.llm_call_log; end $$;
create function public.as_of(text) returns text language sql as $$ select $1 $$;
