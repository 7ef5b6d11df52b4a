/** Opens an engine: database, landing, the source of answers, progress. Loaded only by the commands that plan or run. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Http, Log } from '../core/effects.ts';
import type { Engine, Progress } from '../engine/engine.ts';
import { lineageSettings } from '../engine/lineage-settings.ts';
import type { Connected } from '../loaders/postgres/connect.ts';
import type { LineageClient } from '../loaders/notify/lineage.ts';
import type { PostClient } from '../loaders/notify/poster.ts';
import { openLanding } from '../loaders/source/landing.ts';
import { localFilesHttp } from '../loaders/source/local-files.ts';
import { recordingHttp } from '../loaders/source/record.ts';
import { recordingsHttp } from '../loaders/source/recordings.ts';
import type { Catalog } from '../pipelines/index.ts';
import { machineClock } from './clock.ts';
import type { Context } from './context.ts';
import { machineScreen, openDatabase, openLog } from './database.ts';
import type { Environment } from './environment.ts';
import type { Screen } from './log.ts';
import { barProgress, lineProgress, silentProgress } from './progress.ts';
import type { Settings } from './settings.ts';
import { packageVersion, requireSamples } from './shipped.ts';

export interface OpenEngine {
  readonly engine: Engine;
  readonly connected: Connected;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** `auto`: bars on a terminal, lines elsewhere. Default `none`. */
  readonly progress?: 'auto' | 'lines' | 'none';
  /** Most database connections. Default 8. */
  readonly connections?: number;
}

/** Everything that planning and running need. Close it, whatever happens. */
export async function openEngine(
  settings: Settings,
  context: Context,
  catalog: Catalog,
  options: EngineOptions = {},
): Promise<OpenEngine> {
  const screen = machineScreen();
  const log = openLog(settings, context, screen);
  const version = packageVersion();
  const { http, close: closeHttp } = await openHttp(settings, log, version);
  let connected: Connected | null = null;
  try {
    const landing = await openLanding(join(settings.dataDir, 'landing'), machineClock);
    connected = await openDatabase(settings, log, options.connections ?? 8);
    const { pool, close } = connected;
    const poster = await openPoster(context.env, version);
    const lineage = await openLineage(settings, context.env, poster, log);
    const engine: Engine = {
      catalog,
      pool,
      // Outermost: a file of the project is neither recorded nor answered from recordings.
      http: localFilesHttp(http, catalog.root, machineClock),
      ...(poster !== null && { poster }),
      ...(lineage !== null && { lineage }),
      landing,
      clock: machineClock,
      log,
      progress: await openProgress(options.progress ?? 'none', settings, log, screen),
      source: settings.source,
      env: context.env,
      dataDir: settings.dataDir,
      host: hostname(),
      processId: process.pid,
      version,
      nodeVersion: process.version,
    };
    return {
      engine,
      connected,
      close: async () => {
        await lineage?.close();
        await Promise.all([closeHttp(), poster?.close(), close()]);
      },
    };
  } catch (error) {
    await Promise.all([closeHttp(), connected?.close()]);
    throw error;
  }
}

async function openHttp(
  settings: Settings,
  log: Log,
  version: string,
): Promise<{ readonly http: Http; close(): Promise<void> }> {
  const folder = settings.source === 'samples' ? requireSamples() : settings.recordings;
  if (folder !== null) return { http: await recordingsHttp(folder, machineClock), close: async () => undefined };
  const { createHttp } = await import('../loaders/source/http.ts');
  const client = createHttp({ clock: machineClock, random: Math.random, log, userAgent: `penstock/${version}` });
  return {
    http: settings.record === null ? client : recordingHttp(client, settings.record, machineClock),
    close: () => client.close(),
  };
}

/** Loaded only where somebody is to be told. */
export async function openPoster(env: Environment, version: string): Promise<PostClient | null> {
  if (env['PENSTOCK_ALERT_WEBHOOK'] === undefined && env['OPENLINEAGE_URL'] === undefined) return null;
  const { createPoster } = await import('../loaders/notify/poster.ts');
  return createPoster({ clock: machineClock, random: Math.random, userAgent: `penstock/${version}` });
}

async function openLineage(
  settings: Settings,
  env: Environment,
  poster: PostClient | null,
  log: Log,
): Promise<LineageClient | null> {
  const wanted = lineageSettings(env, settings.source);
  if (wanted === null) return null;
  const { createLineage } = await import('../loaders/notify/lineage.ts');
  return createLineage({ ...wanted, poster, clock: machineClock, log });
}

async function openProgress(
  kind: 'auto' | 'lines' | 'none',
  settings: Settings,
  log: Log,
  screen: Screen,
): Promise<Progress> {
  if (kind === 'none' || settings.quiet || settings.json) return silentProgress;
  return kind === 'auto' && process.stderr.isTTY ? barProgress(screen) : lineProgress(log);
}
