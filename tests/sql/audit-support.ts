/** Audits of test databases, with the shadow on the same server. */
import type { AuditReport, Finding } from '../../core/audit.ts';
import { audit, type AuditOptions, openShadow } from '../../engine/audit.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { namedShadow } from '../../loaders/postgres/shadow.ts';
import { clockAt } from '../support/engine.ts';
import { silentLog } from '../support/log.ts';
import type { TestServer } from '../support/postgres.ts';

export async function auditOf(server: TestServer, db: Pool, options: Partial<AuditOptions> = {}): Promise<AuditReport> {
  return await audit({
    db,
    database: db.name,
    server: server.name,
    shadow: () => namedShadow(server.url, silentLog),
    clock: clockAt(),
    ...options,
  });
}

export const shadowFor = (url: string | null, dataDir: string) => (major: number) =>
  openShadow(major, { dataDir, url, log: silentLog });

/** `fail drifted table public.a: row security` */
export function line({ severity, verdict, kind, name, difference }: Finding): string {
  return `${severity} ${verdict} ${kind} ${name}: ${difference}`;
}

/** Three migrations, the smallest in which each verdict can be had. */
export const FILES = {
  '20260101000000_first.sql': `create table public.a (id bigint generated always as identity constraint a_pkey primary key, name text not null default 'x');
alter table public.a enable row level security;
create index a_name_idx on public.a (name);
do $$ begin create role anon nologin; exception when duplicate_object or unique_violation then null; end $$;`,
  '20260102000000_second.sql': `comment on table public.a is 'A.';
create function public.one() returns int language sql stable set search_path = '' as 'select 1';`,
  '20260103000000_third.sql': `alter table public.a add column more int;
create table public.b (id int constraint b_pkey primary key, t text);
create view public.v with (security_invoker = true) as select id from public.b;`,
} as const;
