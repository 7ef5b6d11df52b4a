/** `/docs`: a page that browses `/openapi.json`. Its files come from here, and nothing inline may run on it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { pageAnswer } from '../answers.ts';
import { API_PAGE, API_PAGE_SCRIPT, API_PAGE_STYLE } from '../pages/api-page.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const STYLE_TYPE = 'text/css; charset=utf-8';
const SCRIPT_TYPE = 'text/javascript; charset=utf-8';

const zip = promisify(gzip);

interface Asset {
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer>;
}

/** @param folder of swagger-ui-dist; its files are read once, when somebody first wants them */
export function apiPageRoutes(folder: string): Hono {
  const app = new Hono();
  app.get('/docs', (c) => {
    const answer = pageAnswer(c, API_PAGE);
    answer.headers.set('Content-Security-Policy', POLICY);
    return answer;
  });
  const serve = (path: string, type: string, read: () => Promise<Uint8Array>): void => {
    let asset: Promise<Asset> | undefined;
    app.get(path, async (c) => {
      asset ??= read().then(assetOf);
      // A file that could not be read may be there the next time.
      asset.catch(() => (asset = undefined));
      return sent(c, await asset, type);
    });
  };
  const own = (text: string) => (): Promise<Uint8Array> => Promise.resolve(new TextEncoder().encode(text));
  serve('/docs/page.css', STYLE_TYPE, own(API_PAGE_STYLE));
  serve('/docs/page.js', SCRIPT_TYPE, own(API_PAGE_SCRIPT));
  for (const [name, type] of [
    ['swagger-ui.css', STYLE_TYPE],
    ['swagger-ui-bundle.js', SCRIPT_TYPE],
  ] as const)
    serve(`/docs/${name}`, type, () => readFile(join(folder, name)));
  return app;
}

async function assetOf(read: Uint8Array): Promise<Asset> {
  const bytes = Uint8Array.from(read);
  return {
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
    bytes,
    zipped: Uint8Array.from(await zip(bytes)),
  };
}

function sent(c: Context, { etag, bytes, zipped }: Asset, type: string): Response {
  const headers = { 'Content-Type': type, ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' };
  if (c.req.header('If-None-Match') === etag) return c.newResponse(null, { status: 304, headers });
  const wantsZip = /\bgzip\b/i.test(c.req.header('Accept-Encoding') ?? '');
  return wantsZip
    ? c.newResponse(zipped, { headers: { ...headers, 'Content-Encoding': 'gzip' } })
    : c.newResponse(bytes, { headers });
}
