/** Looks at everything that penstock needs on a machine; each finding with its next step. Starts no database. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { asFault } from '../core/errors.ts';
import { credentialVariables, type Publisher } from '../core/pipeline.ts';
import { alertSettings } from '../engine/alert-settings.ts';
import { packageFolder } from '../loaders/postgres/embedded/binaries.ts';
import { credentialHeaders, waysIn } from '../loaders/source/credentials.ts';
import { byteSize } from '../reports/words.ts';
import { openCatalog } from './catalog.ts';
import { databaseStatus } from './database-status.ts';
import type { Environment } from './environment.ts';
import type { Settings } from './settings.ts';
import { samplesFolder } from './shipped.ts';

export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly is: string;
  readonly next: string | null;
}

const OLDEST_NODE = [20, 19] as const;
/** Alberta stays on UTC−6 all year from 2026 on: the first release that knows. */
const ZONES_KNOWN_FROM = '2026c';
const LITTLE_ROOM = 1_000_000_000;

export async function examine(settings: Settings, env: Environment): Promise<Finding[]> {
  return [
    node(),
    zones(),
    dataFolder(settings.dataDir),
    room(settings.dataDir),
    await duckdb(),
    embedded(settings),
    await database(settings),
    ...(await definitions(settings, env)),
    samples(),
    ...receiver(env),
  ];
}

export function findingsText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings
    .flatMap(({ what, state, is, next }) => [
      `${state.padEnd(4)}  ${what.padEnd(width)}  ${is}`,
      ...(next === null ? [] : [`${' '.repeat(width + 8)}next: ${next}`]),
    ])
    .join('\n');
}

const ok = (what: string, is: string): Finding => ({ what, state: 'ok', is, next: null });
const warn = (what: string, is: string, next: string): Finding => ({ what, state: 'warn', is, next });
const fail = (what: string, is: string, next: string): Finding => ({ what, state: 'fail', is, next });

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return enough
    ? ok('Node', process.version)
    : fail('Node', process.version, `install Node ${OLDEST_NODE.join('.')} or newer`);
}

function zones(): Finding {
  const { tz = 'none' } = process.versions;
  if (tz >= ZONES_KNOWN_FROM) return ok('time zones', `tzdata ${tz}, ICU ${process.versions['icu']}`);
  return warn(
    'time zones',
    `tzdata ${tz} is older than ${ZONES_KNOWN_FROM}`,
    'nothing to do for the data: penstock keeps the transitions it needs itself; a newer Node shows Alberta times right elsewhere',
  );
}

function dataFolder(dataDir: string): Finding {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
    return ok('data folder', `${resolve(dataDir)} can be written`);
  } catch (error) {
    return fail(
      'data folder',
      `${resolve(dataDir)}: ${asFault(error).what}`,
      'give this user the right to write there, or choose another --data-dir',
    );
  }
}

function room(dataDir: string): Finding {
  try {
    const there = existsSync(dataDir) ? dataDir : dirname(resolve(dataDir));
    const { bavail, bsize } = statfsSync(there);
    const free = bavail * bsize;
    return free >= LITTLE_ROOM
      ? ok('disk', `${byteSize(free)} free`)
      : warn('disk', `only ${byteSize(free)} free`, 'make room or choose another --data-dir');
  } catch (error) {
    return warn('disk', `free space is not known: ${asFault(error).what}`, 'look at the disk of the data folder');
  }
}

async function duckdb(): Promise<Finding> {
  try {
    const { DuckDBInstance, version } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    instance.closeSync();
    return ok('DuckDB', version());
  } catch (error) {
    return fail(
      'DuckDB',
      `does not load: ${asFault(error).what}`,
      'run npm ci again; is there a build of @duckdb/node-bindings for this system?',
    );
  }
}

function embedded({ databaseUrl }: Settings): Finding {
  try {
    const programs = readdirSync(join(packageFolder(), 'native/bin'));
    if (!programs.includes('postgres')) throw new Error('the package has no program "postgres"');
    return ok('embedded PostgreSQL', 'its programs are there');
  } catch (error) {
    const next = 'run npm ci again, or set DATABASE_URL to a server of your own';
    return databaseUrl === null
      ? fail('embedded PostgreSQL', asFault(error).what, next)
      : warn('embedded PostgreSQL', `${asFault(error).what}; not needed with DATABASE_URL`, 'nothing to do');
  }
}

async function database(settings: Settings): Promise<Finding> {
  try {
    const { kind, running, server, version, pending } = await databaseStatus(settings);
    if (!running) return ok('database', `embedded, not running: commands start it by themselves`);
    const is = `PostgreSQL ${version} at ${server} (${kind})`;
    if (Number.parseInt(version ?? '0', 10) < 15) return fail('database', `${is} is too old`, 'use version 15 to 18');
    if (pending !== null && pending.length > 0 && kind === 'external')
      return fail('database', `${is}, ${pending.length} migrations are not applied`, 'penstock db migrate');
    return ok('database', `${is}, migrated`);
  } catch (error) {
    const fault = asFault(error, 'database');
    return fail(
      'database',
      `${fault.what}${fault.where === undefined ? '' : ` (${fault.where})`}`,
      fault.next ?? 'look at the server',
    );
  }
}

/** Where alerts go, without the path that lets one post there; nothing where nobody is to be told. */
function receiver(env: Environment): Finding[] {
  try {
    const wanted = alertSettings(env);
    if (wanted === null) return [];
    const least = wanted.minSeverity === 'info' ? '' : `, from ${wanted.minSeverity} on`;
    return [ok('alerts', `to ${new URL(wanted.url).host} as ${wanted.format}${least}`)];
  } catch (error) {
    const fault = asFault(error, 'configuration');
    return [fail('alerts', fault.what, fault.next ?? 'see .env.example')];
  }
}

async function definitions(settings: Settings, env: Environment): Promise<Finding[]> {
  try {
    const { pipelines, publishers } = await openCatalog(settings);
    const keys = [...publishers.values()].flatMap((publisher) => credentialFindings(publisher, env));
    return [
      pipelines.length === 0
        ? fail('definitions', 'none', 'give the right folder with --pipelines')
        : ok('definitions', String(pipelines.length)),
      ...keys,
    ];
  } catch (error) {
    const fault = asFault(error, 'definition');
    return [fail('definitions', fault.what.trimEnd(), fault.next ?? 'penstock lint')];
  }
}

/** One finding a publisher: which way in is open, what is half set, what is not set. */
function credentialFindings({ title, credentials }: Publisher, env: Environment): Finding[] {
  if (credentials === undefined) return [];
  const [host = ''] = credentials.hosts;
  const isOpen = Object.keys(credentialHeaders(credentials, `https://${host}/`, env) ?? {}).length > 0;
  const variables = credentialVariables(credentials);
  const set = variables.filter((name) => (env[name]?.trim() ?? '') !== '');
  if (isOpen) return [ok('key', `${set.join(', ')} set (${title})`)];
  const half = set.length === 0 ? '' : `; ${set.join(', ')} alone is not enough`;
  const is = `${waysIn(credentials)} (${title}) not set${half}`;
  const without = credentials.required
    ? 'without it its datasets are left out'
    : 'not needed: the publisher also answers without, perhaps less';
  return [
    credentials.required || half !== ''
      ? warn('key', is, `get one at ${credentials.getOneAt}; ${without}`)
      : ok('key', `${is}; ${without}; get one at ${credentials.getOneAt}`),
  ];
}

function samples(): Finding {
  const folder = samplesFolder();
  return folder === null
    ? warn('samples', 'not there', '--samples will not work; install penstock again')
    : ok('samples', folder);
}
