/** The audit of a database with many tables, made by generated migrations: how long each of its steps takes. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '../engine/audit.ts';
import { openPool } from '../loaders/postgres/database.ts';
import { namedShadow } from '../loaders/postgres/shadow.ts';
import { compare } from '../sql/audit/compare.ts';
import { compareLedger, readLedger } from '../sql/audit/ledger.ts';
import { replay } from '../sql/audit/replay.ts';
import { snapshot } from '../sql/audit/snapshot.ts';
import { migrate } from '../sql/migrate.ts';
import { readMigrations } from '../sql/migration-files.ts';
import { waitForQuiet } from './measure.ts';
import { median, round, writeResults } from './results.ts';
import { SETTINGS, startServer } from './server.ts';

export interface AuditBenchOptions {
  readonly tables: number;
  readonly rounds: number;
  /** Before each round, wait up to so long for a quiet machine. */
  readonly waitSeconds: number;
  readonly name: string;
}

const TABLES_PER_FILE = 25;

interface Round {
  /** The whole command without starting processes and servers. */
  readonly auditMs: number;
  readonly liveSnapshotMs: number;
  readonly shadowCreateMs: number;
  /** Migrations and the snapshot of what they make. */
  readonly replayMs: number;
  readonly compareMs: number;
}

export async function benchAudit({ tables, rounds, waitSeconds, name }: AuditBenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o755);
  const migrations = join(folder, 'migrations');
  await mkdir(migrations);
  for (const [file, text] of generated(tables)) await writeFile(join(migrations, file), text);
  const server = await startServer(folder);
  const url = `postgresql://${server.user}@localhost:${server.port}/postgres?host=${encodeURIComponent(server.socket)}`;
  const pool = openPool(url);
  try {
    await migrate(pool, { folder: migrations });
    const turns: Round[] = [];
    let objects = 0;
    for (let i = 0; i < rounds; i++) {
      await waitForQuiet(waitSeconds);
      const turn = await oneRound(pool, url, migrations);
      objects = turn.objects;
      turns.push(turn.round);
      console.log(JSON.stringify(turn.round));
    }
    const summary = {
      tables,
      objects,
      auditMs: round(median(turns.map(({ auditMs }) => auditMs)), 0),
      fastestAuditMs: Math.min(...turns.map(({ auditMs }) => auditMs)),
      liveSnapshotMs: round(median(turns.map(({ liveSnapshotMs }) => liveSnapshotMs)), 0),
      shadowCreateMs: round(median(turns.map(({ shadowCreateMs }) => shadowCreateMs)), 0),
      replayMs: round(median(turns.map(({ replayMs }) => replayMs)), 0),
      compareMs: round(median(turns.map(({ compareMs }) => compareMs)), 0),
    };
    const file = await writeResults(name, {
      settings: {
        tables,
        rounds,
        waitSeconds,
        tablesPerFile: TABLES_PER_FILE,
        postgres: SETTINGS,
        transport: 'unix socket',
      },
      versions: { postgres: server.version, programs: server.programs },
      summary,
      rounds: turns,
    });
    console.log(`${JSON.stringify(summary)}; written to ${file}`);
  } finally {
    await pool.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function oneRound(
  pool: ReturnType<typeof openPool>,
  url: string,
  folder: string,
): Promise<{ readonly round: Round; readonly objects: number }> {
  const report = await timed(() =>
    audit({
      db: pool,
      database: 'bench',
      server: 'bench',
      shadow: () => namedShadow(url, SILENT),
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
      folder,
    }),
  );
  if (report.value.findings.length > 0)
    throw new Error(`an untouched database has findings, the first: ${JSON.stringify(report.value.findings[0])}`);
  const live = await timed(() => snapshot(pool));
  const ledger = compareLedger(await readMigrations(folder), await readLedger(pool));
  const shadow = await namedShadow(url, SILENT);
  const made = await timed(() => shadow.create());
  const replayed = await timed(() => replay(made.value.pool, ledger));
  await made.value.drop();
  await shadow.close();
  const { expected, expectedAll } = replayed.value;
  const compared = await timed(() => Promise.resolve(compare({ expected, expectedAll, actual: live.value })));
  return {
    objects: live.value.objects.size,
    round: {
      auditMs: report.ms,
      liveSnapshotMs: live.ms,
      shadowCreateMs: made.ms,
      replayMs: replayed.ms,
      compareMs: compared.ms,
    },
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const started = performance.now();
  const value = await work();
  return { value, ms: round(performance.now() - started, 0) };
}

const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // A bench prints its own lines.
}

/** Tables as `new` writes them, roughly: columns with comments, a check, two indexes, row-level security, two policies, grants. */
function generated(tables: number): [file: string, text: string][] {
  const roles = ['anon', 'authenticated', 'service_role']
    .map(
      (role) =>
        `do $$ begin if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if; end $$;`,
    )
    .join('\n');
  const files: [string, string][] = [
    ['20260101000000_roles.sql', `${roles}\ncreate schema if not exists etl;\ncreate schema if not exists history;\n`],
  ];
  // One file a second, so that every name is a real instant.
  for (let first = 0; first < tables; first += TABLES_PER_FILE) {
    const text = Array.from({ length: Math.min(TABLES_PER_FILE, tables - first) }, (_, i) => tableSql(first + i));
    files.push([
      `${20_260_102_000_000 + ((first / TABLES_PER_FILE) % 60) + Math.floor(first / TABLES_PER_FILE / 60) * 100}_tables.sql`,
      text.join('\n'),
    ]);
  }
  return files;
}

const COLUMNS = ['demand_mw', 'supply_mw', 'price_cad_per_mwh', 'temperature_c', 'reserve_mw', 'exports_mw'];

function tableSql(n: number): string {
  const table = `public.series_${n}`;
  return `create table if not exists ${table} (
  hour timestamp with time zone not null,
  region text not null,
  ${COLUMNS.map((column) => `${column} double precision`).join(',\n  ')},
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint series_${n}_pkey primary key (hour, region),
  constraint series_${n}_demand_mw_check check (demand_mw >= 0)
);
comment on table ${table} is 'Series ${n}.';
${['hour', 'region', ...COLUMNS, 'created_at', 'load_id'].map((column) => `comment on column ${table}.${column} is 'Meaning of ${column} in series ${n}.';`).join('\n')}
create index if not exists series_${n}_region_idx on ${table} (region, hour desc);
create index if not exists series_${n}_load_id_idx on ${table} (load_id) where load_id > 0;
alter table ${table} enable row level security;
revoke all on ${table} from public, anon, authenticated, service_role;
grant select on ${table} to anon, authenticated;
grant select, insert, update, delete on ${table} to service_role;
create policy series_${n}_read on ${table} for select to anon, authenticated using (true);
create policy series_${n}_service on ${table} for all to service_role using (true) with check (true);`;
}
