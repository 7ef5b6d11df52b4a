/** Verifies a server: one that is started here over the configured database, or one that an address names. */
import { randomBytes } from 'node:crypto';
import { REQUIRED_ALIASES, REQUIRED_IDS } from '../data/help/required-ids.ts';
import type { Log } from '../core/effects.ts';
import type { Probe } from '../core/probe.ts';
import type { Connected } from '../loaders/postgres/connect.ts';
import { openProbe } from '../loaders/verify/probe.ts';
import { listen } from '../serve/listen.ts';
import { databaseProof } from '../serve/verify/identity.ts';
import { ownDocument } from '../serve/verify/own-document.ts';
import { keepVerification } from '../serve/verify/record.ts';
import { verify } from '../serve/verify/run.ts';
import { openCatalog } from './catalog.ts';
import { machineClock } from './clock.ts';
import type { Context } from './context.ts';
import { openDatabase, openLog } from './database.ts';
import { openServeApp } from './serve-app.ts';
import type { Settings } from './settings.ts';
import { packageVersion } from './shipped.ts';
import type { VerifyResult } from './verify-text.ts';

export interface VerifyWords {
  /** null: a server is started here. */
  readonly baseUrl: string | null;
  readonly only: readonly string[];
  readonly timeoutMs: number;
  readonly key: string | null;
  readonly anonKey: string | null;
  readonly origin: string | null;
  readonly allowStale: boolean;
  readonly allowSamples: boolean;
}

/** Where a front end runs while it is written. */
const LOCAL_ORIGIN = 'http://localhost:5173';

export async function runVerify(words: VerifyWords, context: Context, settings: Settings): Promise<VerifyResult> {
  const log = openLog(settings, context);
  if (words.baseUrl !== null) return verifyAt(words.baseUrl, words, settings, log, null);
  const database = await openDatabase(settings, log);
  const stopping = new AbortController();
  try {
    const key = randomBytes(24).toString('hex');
    const app = await openServeApp({
      connected: database,
      catalog: await openCatalog(settings),
      dataDir: settings.dataDir,
      adminKey: key,
      env: {
        ...context.env,
        // One client asks for everything at once, which no limit was made for.
        PENSTOCK_READS_PER_MINUTE: '0',
        PENSTOCK_WRITES_PER_MINUTE: '0',
        PENSTOCK_STREAMS_PER_MINUTE: '0',
      },
      log,
    });
    let ended: Promise<number> | undefined;
    const url = await new Promise<string>((listening, failed) => {
      ended = listen(app, { host: '127.0.0.1', port: 0, signal: stopping.signal, listening });
      ended.catch(failed);
    });
    const named = context.env['CORS_ALLOWED_ORIGINS']?.split(',')[0]?.trim();
    const origin = words.origin ?? (named === undefined || named === '*' ? LOCAL_ORIGIN : named);
    try {
      return await verifyAt(url, { ...words, key, origin }, settings, log, database);
    } finally {
      stopping.abort();
      await ended;
    }
  } finally {
    await database.close();
  }
}

async function verifyAt(
  baseUrl: string,
  words: VerifyWords,
  settings: Settings,
  log: Log,
  database: Connected | null,
): Promise<VerifyResult> {
  const version = packageVersion();
  const probe = openProbe({ baseUrl, timeoutMs: words.timeoutMs, userAgent: `penstock/${version}` });
  try {
    const startedAt = machineClock.now();
    const checks = await verify({
      probe,
      clock: machineClock,
      key: words.key,
      anonKey: words.anonKey,
      origin: words.origin ?? (isLocal(baseUrl) ? LOCAL_ORIGIN : null),
      allowStale: words.allowStale,
      allowSamples: words.allowSamples,
      helpIds: [...REQUIRED_IDS, ...Object.keys(REQUIRED_ALIASES)],
      only: words.only,
      ownDocument: ownDocument(version),
      looking: (capability) => log.info(`looking at ${capability}`),
    });
    const finishedAt = machineClock.now();
    const run = {
      runId: `${new Date(startedAt).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`,
      baseUrl,
      startedAt,
      finishedAt,
      version,
      checks,
      samplesAllowed: words.allowSamples,
    };
    const kept = await keepWhereProved(probe, run, settings, log, database);
    return {
      ...run,
      startedAt: new Date(startedAt).toISOString(),
      finishedAt: new Date(finishedAt).toISOString(),
      passed: checks.length > 0 && checks.every(({ outcome }) => outcome !== 'failed'),
      ...kept,
    };
  } finally {
    await probe.close();
  }
}

interface Kept {
  readonly recorded: readonly string[];
  readonly notRecorded: string | null;
}

/** Rows are written where the server reads, and nowhere else: the server proves which database that is. */
async function keepWhereProved(
  probe: Probe,
  run: Parameters<typeof keepVerification>[1],
  settings: Settings,
  log: Log,
  open: Connected | null,
): Promise<Kept> {
  const nonce = randomBytes(24).toString('base64url');
  const proof = await proofOf(probe, nonce);
  if (proof === null) return { recorded: [], notRecorded: 'the server does not prove which database it works on' };
  let database: Connected | null = null;
  try {
    database = open ?? (await openDatabase(settings, log));
    if ((await databaseProof(database.pool, nonce)) !== proof)
      return { recorded: [], notRecorded: `the server works on another database than ${database.pool.name}` };
    const recorded = await keepVerification(database.pool, run);
    const all = new Set(run.checks.map(({ capability }) => capability));
    return {
      recorded,
      notRecorded: recorded.length < all.size ? 'what only samples passed has no row' : null,
    };
  } catch (error) {
    return { recorded: [], notRecorded: `the configured database cannot be written: ${String(error)}` };
  } finally {
    if (open === null) await database?.close();
  }
}

/** Behind a gateway for functions, what is below `/api` is a function like any other. */
const PROOF_PATHS: readonly string[] = ['/api/database-proof', '/functions/v1/api/database-proof'];

async function proofOf(probe: Probe, nonce: string): Promise<string | null> {
  for (const path of PROOF_PATHS) {
    const proof = await proofAt(probe, `${path}?nonce=${nonce}`);
    if (proof !== null) return proof;
  }
  return null;
}

async function proofAt(probe: Probe, path: string): Promise<string | null> {
  const answer = await probe.ask({ method: 'GET', path });
  if (answer.outcome !== 'answered' || answer.status !== 200) return null;
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(answer.bytes));
    return typeof body === 'object' && body !== null && 'proof' in body ? String(body.proof) : null;
  } catch {
    return null;
  }
}

function isLocal(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(baseUrl).hostname);
}
