/** An audit report with a finding of every severity, verdict and shape, and one without findings. */
import type { AuditReport, Finding } from '../../core/audit.ts';

export function finding(parts: Partial<Finding>): Finding {
  return {
    verdict: 'drifted',
    severity: 'fail',
    kind: 'column',
    name: 'public.weather_data.station_id',
    difference: 'type',
    expected: 'text',
    actual: 'character varying(3)',
    consequence: 'Rows of eccc-weather with a longer station would be refused.',
    repair: 'alter table public.weather_data alter column station_id type text;',
    next: 'write the DDL above as a migration, then: npm run pipeline -- db migrate',
    objects: [],
    ...parts,
  };
}

const BODY = ['begin', '  -- ten rows at most', '  return query select * from public.x limit 10;', 'end'];

export const CLEAN: AuditReport = {
  version: 1,
  database: 'localhost:5432/penstock',
  server: '18.4',
  checkedAt: '2026-11-22T03:04:05.678Z',
  durationMs: 2_140,
  expectedFrom: 'embedded PostgreSQL 18.4',
  looked: { schema: 3, table: 140, column: 1_612, policy: 151 },
  migrations: [
    { version: '20261122000000', file: '20261122000000_roles_and_etl.sql', state: 'applied' },
    { version: '20261122000100', file: '20261122000100_ontario_series.sql', state: 'applied' },
  ],
  findings: [],
  notes: [],
  repair: '',
};

export const FOUND: AuditReport = {
  ...CLEAN,
  migrations: [
    { version: '20261122000000', file: '20261122000000_roles_and_etl.sql', state: 'applied' },
    { version: '20261122000100', file: '20261122000100_ontario_series.sql', state: 'edited' },
    { version: '20261122140000', file: '20261122140000_stream_views.sql', state: 'pending' },
    { version: '20250101000000', file: '', state: 'foreign' },
  ],
  repair:
    'alter table public.weather_data alter column station_id type text;\n\ndrop policy weather_data_write on public.weather_data;\n',
  notes: ['12 objects of schema auth belong to the hosting platform.'],
  findings: [
    finding({}),
    finding({
      verdict: 'edited',
      kind: 'migration',
      name: '20261122000100_ontario_series.sql',
      difference: 'edited after it was applied',
      expected: null,
      actual: '    - create table public.a (x int)\n    + create table public.a (x bigint)',
      consequence: 'db migrate refuses to run, and an empty database would be made differently from this one',
      repair: null,
      next: 'put the file back as it was, and write the change as a new migration',
    }),
    finding({
      kind: 'policy',
      name: 'public.weather_data.weather_data_write',
      difference: 'extra',
      verdict: 'unknown',
      expected: null,
      actual: 'for all to anon using (true)',
      consequence: 'Everybody on the internet may change this table.',
      repair: 'drop policy weather_data_write on public.weather_data;',
    }),
    finding({
      kind: 'function',
      name: 'public.latest(text)',
      difference: 'body',
      expected: BODY.join('\n'),
      actual: BODY.join('\n').replace('limit 10', 'limit 1000').replace('-- ten rows at most', '-- a thousand rows'),
      consequence: 'The function answers something else than the migration says.',
      repair: `create or replace function public.latest(text) returns setof public.x language plpgsql as $$\n${BODY.join('\n')}\n$$;`,
    }),
    finding({
      kind: 'migration',
      name: '20261122140000_stream_views.sql',
      difference: 'missing',
      verdict: 'pending',
      expected: null,
      actual: null,
      consequence: 'Readers of 2 views get an error.',
      repair: null,
      next: 'npm run pipeline -- db migrate',
      objects: ['makes view public.stream_ontario_demand', 'changes column public.stream_manifest.fields: type'],
    }),
    finding({
      severity: 'warn',
      kind: 'index',
      name: 'public.weather_data_station_idx',
      difference: 'missing',
      expected: 'create index weather_data_station_idx on public.weather_data (station_id)',
      actual: null,
      consequence: 'Reads by station scan the whole table.',
      repair: 'create index weather_data_station_idx on public.weather_data (station_id);',
    }),
    finding({
      severity: 'info',
      difference: 'comment',
      expected: 'The id of the station.',
      actual: null,
      consequence: 'Readers of the table are told less than the repository knows.',
      repair: `comment on column public.weather_data.station_id is 'The id of the station.';`,
    }),
    finding({
      severity: 'warn',
      kind: 'unreadable',
      name: 'operator public.<<<(text,text)',
      difference: 'extra',
      verdict: 'unknown',
      expected: null,
      actual: 'operator',
      consequence: 'The audit cannot read objects of this kind.',
      repair: null,
      next: 'drop it, or make it in a migration',
    }),
  ],
};
