/** The past of every public series: pages of it, and all of it as a file. */
import { z } from 'zod';
import { endpoint, type Endpoint } from '../api/endpoint.ts';
import { ARROW_TYPE, CSV_TYPE, NDJSON_TYPE } from '../api/media.ts';
import { provenanceSchema } from '../api/provenance.ts';
import { instantWord, limitWord } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createSeriesCatalog } from '../rows/catalog.ts';
import { historyPage, type HistoryPages } from '../rows/history-page.ts';
import { pageWords, requireSense } from '../rows/words.ts';

const DATASET = z.object({
  dataset: z.string().openapi({
    description:
      'Key of a stream (ontario-demand), or name of a table with history (ontario_hourly_demand). With underscores a table comes first: ontario_prices is the table of HOEP, ontario-prices the stream of nodal prices.',
  }),
});

const AS_OF = instantWord('Rows as they were known at this instant; tables only. Without it: as they are now.');

const answer = z.object({
  rows: z.array(z.record(z.string(), z.unknown())),
  next_cursor: z.string().nullable().openapi({ description: 'null: this page is the last.' }),
  metadata: z.object({
    dataset: z.string(),
    table: z.string(),
    order: z.enum(['asc', 'desc']),
    asOf: z.string().nullable(),
    limit: z.number().int(),
    offset: z.number().int().openapi({ description: 'Rows of the walk before this page.' }),
    returned: z.number().int(),
    hasMore: z.boolean(),
    usingSampleData: z.boolean(),
  }),
  provenance: provenanceSchema.openapi({ description: 'Of the rows of this page.' }),
});

export function historyEndpoints({ reads, clock, settings }: ApiDependencies): Endpoint[] {
  const pages: HistoryPages = { reads, catalog: createSeriesCatalog(reads, clock), cursorKey: settings.cursorKey };
  return [
    endpoint({
      name: 'historical',
      method: 'get',
      paths: ['/api/historical/{dataset}', '/functions/v1/historical/{dataset}', '/historical/{dataset}'],
      tag: 'History',
      summary: 'Rows of a public series, oldest first, as they are or as they were known at an instant',
      limit: 'read',
      params: DATASET,
      query: z.object({ limit: limitWord(100, 5_000), ...pageWords, as_of: AS_OF }),
      answer,
      media: [CSV_TYPE, NDJSON_TYPE, ARROW_TYPE],
      refusals: { 404: { when: 'There is no such series; the answer has names that are near.' } },
      handle: async ({ params: { dataset }, query }) => {
        requireSense(query);
        return historyPage(pages, dataset, query);
      },
    }),
  ];
}
