/** The past of every public series: pages of it, and all of it as a file. */
import { z } from 'zod';
import { endpoint, type Endpoint } from '../api/endpoint.ts';
import { ARROW_TYPE, CSV_TYPE, NDJSON_TYPE } from '../api/media.ts';
import { headerText, provenanceSchema } from '../api/provenance.ts';
import { instantWord, limitWord } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createSeriesCatalog } from '../rows/catalog.ts';
import { createDownloads, ROWS_MAX } from '../rows/download.ts';
import { FILE_FORMATS, FILE_TYPES } from '../rows/file-writers.ts';
import { createLoadSources } from '../rows/load-sources.ts';
import { historyPage, type HistoryPages, requireAnswerable } from '../rows/history-page.ts';
import { pageWords, requireRange, requireSense } from '../rows/words.ts';

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
  const sources = createLoadSources();
  const downloads = createDownloads({ reads, sources, clock });
  const pages: HistoryPages = {
    reads,
    catalog: createSeriesCatalog(reads, clock),
    sources,
    cursorKey: settings.cursorKey,
  };
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
    endpoint({
      name: 'history-download',
      method: 'get',
      paths: [
        '/api/history/{dataset}/download',
        '/functions/v1/history/{dataset}/download',
        '/history/{dataset}/download',
      ],
      tag: 'History',
      summary: 'All rows of a range as a file, of one state of the database',
      description: `At most ${ROWS_MAX} rows. Parquet and Arrow hold the provenance in their metadata under the name provenance; X-Penstock-Provenance has it for all. A file that breaks off was not finished: Parquet and Arrow then lack their end.`,
      limit: 'read',
      params: DATASET,
      query: z.object({
        format: z.enum(FILE_FORMATS).default('parquet'),
        from: pageWords.from,
        to: pageWords.to,
        as_of: AS_OF,
      }),
      answer: z.unknown(),
      media: Object.values(FILE_TYPES).map((type) => type.replace(/;.*/, '')),
      refusals: {
        404: { when: 'There is no such series; the answer has names that are near.' },
        413: { when: 'The range has too many rows for one file.' },
        503: { when: 'Too many downloads are under way, or the database does not answer.' },
      },
      handle: async ({ params: { dataset }, query, c }) => {
        requireRange(query);
        const series = await pages.catalog.find(dataset);
        requireAnswerable(series, query);
        const { name, type, provenance, rows, body } = await downloads.start(series, query);
        return c.newResponse(c.req.method === 'HEAD' ? ended(body) : body, {
          status: 200,
          headers: {
            'Content-Type': type,
            'Content-Disposition': `attachment; filename="${name}"`,
            'Cache-Control': 'no-store',
            'X-Penstock-Freshness': provenance.freshness_status,
            'X-Penstock-Provenance': headerText(provenance),
            'X-Penstock-Rows': String(rows),
          },
        });
      },
    }),
  ];
}

/** Nobody reads the rest. */
function ended(body: ReadableStream): null {
  void body.cancel();
  return null;
}
