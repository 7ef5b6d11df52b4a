/** Where OpenLineage events go: the standard's own environment variables, and a file. */
import type { SourceKind } from '../reports/model.ts';

export interface LineageSettings {
  readonly namespace: string;
  /** Events are appended here; null for none. */
  readonly file: string | null;
  /** Events are posted here; null for none. The key is a secret. */
  readonly http: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | null;
}

/** null where nobody wants events. Samples and recordings never reach a server: its graph would show loads that were none. */
export function lineageSettings(
  env: Readonly<Record<string, string | undefined>>,
  source: SourceKind,
): LineageSettings | null {
  if (/^(true|1)$/i.test(env['OPENLINEAGE_DISABLED'] ?? '')) return null;
  const server = source === 'live' ? env['OPENLINEAGE_URL'] : undefined;
  const file = env['PENSTOCK_OPENLINEAGE_FILE'] ?? null;
  if (server === undefined && file === null) return null;
  const key = env['OPENLINEAGE_API_KEY'];
  const endpoint = (env['OPENLINEAGE_ENDPOINT'] ?? 'api/v1/lineage').replace(/^\/+/, '');
  return {
    namespace: env['OPENLINEAGE_NAMESPACE'] ?? 'penstock',
    file,
    http:
      server === undefined
        ? null
        : {
            url: `${server.replace(/\/+$/, '')}/${endpoint}`,
            headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
          },
  };
}
