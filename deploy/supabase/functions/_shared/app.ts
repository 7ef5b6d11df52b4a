/** The API in Supabase's runtime (Deno): the same endpoints as `serve`, over the project's own database. Every function of this folder answers through it. */
import manifest from 'penstock/package.json' with { type: 'json' };
import { llmConfiguration } from 'penstock/cli/llm-settings.ts';
import { apiSettings } from 'penstock/cli/serve-settings.ts';
import { machineClock } from 'penstock/cli/clock.ts';
import type { Log, Notices } from 'penstock/core/effects.ts';
import { openPool, type SessionOptions } from 'penstock/loaders/postgres/database.ts';
import { openNotices } from 'penstock/loaders/postgres/notices.ts';
import { reviewStore } from 'penstock/loaders/postgres/review-store.ts';
import { readCursorKey } from 'penstock/serve/api/cursor-key.ts';
import { readPrompts } from 'penstock/serve/llm/prompt-files.ts';
import type { LlmDependencies } from 'penstock/serve/llm/settings.ts';
import { promptsFolder, shippedGuards } from 'penstock/serve/llm/shipped.ts';
import { createApp, type ServedApp } from 'penstock/serve/app.ts';
import { type Environment, environmentOf } from './environment.ts';
import { unavailable } from './unavailable.ts';

export interface FunctionOptions {
  /** Whether the function holds a connection that listens. Few need it: a project has few connections, and each instance of a function would take one. */
  readonly listens: boolean;
}

/** The front end waits 15 s for an answer. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** Lines of the function's log in the dashboard. */
const log: Log = {
  debug: () => undefined,
  info: (message) => console.log(message),
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
};

/** Nothing is heard, and so no answer is kept: an instance lives for minutes, and a load could not end what it kept. */
const deaf: Notices = { listen: () => () => undefined, restored: () => () => undefined, connected: false };

// Read while the module starts: once a request is under way, Supabase refuses to read a file and wait for it.
shippedGuards();
const prompts = await readPrompts(promptsFolder());

/** The handler of a function. The database is asked for the first time with the first request, and again with the next one if it was not there. */
export function answerer({ listens }: FunctionOptions): (request: Request) => Promise<Response> {
  let opening: Promise<ServedApp> | undefined;
  const open = (): Promise<ServedApp> => {
    opening ??= openApp(environmentOf(Deno.env.toObject()), listens).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  // Supabase says so before it ends an instance: streams are told, and what is still to be written is written.
  addEventListener('beforeunload', () => void opening?.then(({ close }) => close()).catch(() => undefined));
  return async (request) => {
    try {
      return await (await open()).app.fetch(request);
    } catch (error) {
      return unavailable(error, request, log);
    }
  };
}

async function openApp(env: Environment, listens: boolean): Promise<ServedApp> {
  const { databaseUrl, adminKey, variables } = env;
  const settings = apiSettings(variables);
  const session = (role: 'anon' | 'service_role', readOnly: boolean): SessionOptions => ({
    role,
    readOnly,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  // An instance serves few requests at once, and many instances share the project's connections.
  const service = openPool(databaseUrl, {
    max: 2,
    applicationName: 'penstock function',
    session: session('service_role', false),
  });
  const reads = openPool(databaseUrl, {
    max: 2,
    applicationName: 'penstock function reads',
    session: session('anon', true),
  });
  try {
    const cursorKey = await readCursorKey(service);
    const notices = listens ? openNotices(databaseUrl, log) : deaf;
    return createApp(
      // Runs and their reports are on the machine that loads. Decisions about findings are made there, too.
      { review: reviewStore(service, machineClock), reportsDir: '/nowhere', datasets: [], adminKey, log },
      {
        version: manifest.version,
        clock: machineClock,
        reads,
        service,
        notices,
        settings: { ...settings, cursorKey },
        llm: await llmOf(variables),
        // The other end is Supabase's gateway; the header says who asked.
        connectionAddress: () => null,
      },
    );
  } catch (error) {
    await Promise.all([service.close(), reads.close()]);
    throw error;
  }
}

async function llmOf(variables: Environment['variables']): Promise<LlmDependencies | null> {
  const { enabled, baseUrl, apiKey, settings } = llmConfiguration(variables);
  if (!enabled) return null;
  const { createUpstream } = await import('penstock/loaders/llm/openai.ts');
  const upstream = createUpstream({ baseUrl, apiKey, userAgent: `penstock/${manifest.version}` });
  return { upstream, settings, prompts };
}
