/** Panels for which this project has no source: an empty list that says so, instead of rows that somebody invented. */
import { z } from 'zod';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { provenanceSchema, unknownProvenance } from '../api/provenance.ts';

export interface NotConnected {
  /** `resilience` in `/api-v2-resilience-assets` and `/api/resilience/assets`. */
  readonly area: string;
  /** `assets`: the last word of the path, and the list in the body. */
  readonly list: string;
  readonly tag: string;
  readonly summary: string;
}

export function notConnected({ area, list, tag, summary }: NotConnected): Endpoint {
  const name = `api-v2-${area}-${list}`;
  return endpoint({
    name,
    method: 'get',
    paths: everyPath(name, `/api/${area}/${list}`),
    tag,
    summary,
    description: 'Always empty: no source is connected.',
    limit: 'read',
    answer: z.object({ [list]: z.array(z.unknown()).max(0), note: z.string(), provenance: provenanceSchema }),
    handle: () =>
      Promise.resolve({
        body: {
          [list]: [],
          note: `No source of ${list} is connected to this server, so none are shown.`,
          provenance: unknownProvenance(null),
        },
      }),
  });
}
