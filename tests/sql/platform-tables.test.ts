/** Tables of the platform that no publisher fills: empty until something happens, with the panel's words, and with who wrote what. */
import { describe, expect, test } from 'vitest';
import { readAccessMatrix } from '../../sql/access.ts';
import { accessFaults } from '../../sql/access-faults.ts';
import { migrate } from '../../sql/migrate.ts';
import { type FreshDatabase, freshDatabase, testServers, type TestServer } from '../support/postgres.ts';
import { emptyDatabase } from './empty-database.ts';

const EMPTY = [
  'stream_health',
  'edge_invocation_log',
  'ops_runs',
  'indigenous_consultations',
  'consultation_events',
  'governance_requests',
  'grid_recommendations',
  'security_incidents',
  'security_metrics',
  'weather_observations',
  'llm_prompts',
  'llm_call_log',
  'llm_feedback',
  'llm_reports',
  'llm_rate_limit',
  'help_feedback',
  'feature_flags',
];

describe.each(testServers())('on $name', (server) => {
  test('migrations invent no rows', async () => {
    const { pool } = await shared(server);
    for (const table of EMPTY) {
      expect(await pool.query(`select '${table}' as has_rows from public.${table} limit 1`)).toEqual([]);
    }
  });

  test('security figures of a region exist once: a second seed changes the row, and the earlier one is history', async () => {
    const { pool } = await shared(server);
    const seed = (score: number, clause: string) =>
      pool.query(
        `insert into public.security_metrics (region, overall_risk_score, critical_vulnerabilities) values ('Ontario', ${score}, 2) ${clause}`,
      );
    await seed(41, 'on conflict do nothing');
    await seed(41, 'on conflict do nothing');
    await expect(seed(42, '')).rejects.toMatchObject({ code: '23505' });
    await seed(42, 'on conflict (region) do update set overall_risk_score = excluded.overall_risk_score');
    expect(await pool.query('select region, overall_risk_score::float8 from public.security_metrics')).toEqual([
      { region: 'Ontario', overall_risk_score: 42 },
    ]);
    expect(await pool.query('select region, overall_risk_score::float8 from history.security_metrics')).toEqual([
      { region: 'Ontario', overall_risk_score: 41 },
    ]);
  });

  test('an incident begins as detected, knows the panel’s words only, and says who recorded it', async () => {
    const { pool } = await shared(server);
    await pool.transaction(async (tx) => {
      await tx.query(`select set_config('request.jwt.claims', '{"sub": "ada"}', true)`);
      await tx.query('set local role service_role');
      await tx.query(
        `insert into public.security_incidents (incident_type, severity, detected_at, affected_systems)
         values ('phishing', 'low', '2026-11-20T08:00Z', '{mail}')`,
      );
    });
    await expect(pool.query(`update public.security_incidents set status = 'open'`)).rejects.toMatchObject({
      code: '23514',
      constraint: 'security_incidents_status_check',
    });
    await pool.query(`update public.security_incidents set status = 'resolved', resolved_at = '2026-11-20T09:00Z'`);
    expect(
      await pool.query(
        `select v.status, r.actor = 'ada' as by_ada, l.strategy from public.security_incidents v
           join etl.load l using (load_id) join etl.run r using (run_id)
         union all
         select v.status, r.actor = 'ada', l.strategy from history.security_incidents v
           join etl.load l using (load_id) join etl.run r using (run_id)`,
      ),
    ).toEqual([
      { status: 'resolved', by_ada: false, strategy: 'edit' },
      { status: 'detected', by_ada: true, strategy: 'edit' },
    ]);
  });

  test('what an earlier migration left is taken over in the panel’s words, the second row of a region is kept aside', async () => {
    const { pool, drop } = await emptyDatabase(server);
    await pool.query(
      `create table public.security_incidents (id uuid primary key default gen_random_uuid(), incident_type text not null, description text,
         severity text not null, likelihood text, status text default 'open', detected_at timestamptz default now(), resolved_at timestamptz,
         region text, asset text, metadata jsonb);
       insert into public.security_incidents (incident_type, severity) values ('phishing', 'low');
       create table public.security_metrics (id uuid primary key default gen_random_uuid(), region text, overall_risk_score numeric(5,2),
         last_updated timestamptz default now());
       insert into public.security_metrics (region, overall_risk_score) values ('Ontario', 41), ('Ontario', 41), ('Alberta', 30);
       grant all on public.security_incidents, public.security_metrics to public`,
    );
    await migrate(pool);
    expect(await accessFaults(pool, await readAccessMatrix())).toEqual([]);
    expect(
      await pool.query('select v.status, l.strategy from public.security_incidents v join etl.load l using (load_id)'),
    ).toEqual([{ status: 'detected', strategy: 'adopted' }]);
    expect(await pool.query('select region from public.security_metrics order by region')).toEqual([
      { region: 'Alberta' },
      { region: 'Ontario' },
    ]);
    expect(
      await pool.query(
        `select count(*)::int as rows from adopted.refused_row r where to_jsonb(r)::text like '%Ontario%'`,
      ),
    ).toEqual([{ rows: 1 }]);
    await drop();
  });

  test('an observation of weather needs a load; none can be written by hand', async () => {
    const { pool } = await shared(server);
    await expect(
      pool.query(
        `insert into public.weather_observations (province, timestamp, data_source, provenance) values ('Ontario', now(), 'eccc', 'real_time')`,
      ),
    ).rejects.toMatchObject({ code: '23502', column: 'load_id' });
  });

  test('typing is not stored, and an event has a type that is known', async () => {
    const { pool } = await shared(server);
    const event = (type: string) =>
      pool.query(
        `insert into public.consultation_events (consultation_id, event_type, occurred_at) values ('c', $1, now())`,
        [type],
      );
    await expect(event('typing_indicator')).rejects.toMatchObject({ constraint: 'consultation_events_stored_check' });
    await expect(event('shout')).rejects.toMatchObject({ constraint: 'consultation_events_event_type_fkey' });
  });

  test('a request is decided by somebody or it is open', async () => {
    const { pool } = await shared(server);
    await pool.query(`insert into public.governance_requests (user_id, dataset_path) values ('ada', 'a')`);
    await expect(pool.query(`update public.governance_requests set status = 'approved'`)).rejects.toMatchObject({
      constraint: 'governance_requests_decided_check',
    });
    await pool.query(
      `update public.governance_requests set status = 'approved', decided_by = 'elder', decided_at = now()`,
    );
  });
});

const databases = new Map<string, Promise<FreshDatabase>>();

/** Each test has tables of its own, so one database serves all. */
async function shared(server: TestServer): Promise<FreshDatabase> {
  const there = databases.get(server.name) ?? freshDatabase(server);
  databases.set(server.name, there);
  return await there;
}
