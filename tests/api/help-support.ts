/** A server over a database that holds the help texts that ship, and words for asking it. */
import { type Asked, ask, type Reply } from '../serve/support.ts';
import { type ApiOptions, ADMIN_KEY, type RunningApi, startApi } from '../support/api.ts';
import { temporaryFolder } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { helpWorld, type HelpWorld } from '../local/help-world.ts';

export interface HelpApi extends AsyncDisposable {
  readonly db: FreshDatabase;
  readonly world: HelpWorld;
  readonly running: RunningApi;
  ask(path: string, asked?: Asked): Promise<Reply>;
  /** With the key of the service. */
  admin(path: string, method: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
}

export async function helpApi(options: Partial<ApiOptions> = {}): Promise<HelpApi> {
  const db = await freshDatabase();
  const folder = await temporaryFolder();
  const world = await helpWorld(db.pool, folder.path);
  await world.load();
  const running = await startApi({ url: db.url, ...options });
  return {
    db,
    world,
    running,
    ask: (path, asked) => ask(running.url, path, asked),
    admin: (path, method, body, headers) =>
      ask(running.url, path, {
        method,
        headers: { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** As the front end asks for a manifest, and for a text. */
export const MANIFESTS = [
  '/help/api/help/manifest',
  '/functions/v1/help/api/help/manifest',
  '/help-simple/manifest',
  '/functions/v1/help-simple/manifest',
  '/api/help/manifest',
];
export const TEXTS = MANIFESTS.map((path) => path.replace('/manifest', '/'));

/** For `vi.waitFor`: how long word from the database may take on a busy machine. */
export const SOON = { timeout: 20_000, interval: 50 };
