/** What OpenLineage 2-0-2 and the facets that we send demand of an event, kept by hand from the published JSON schemas. */
import { z } from 'zod';

const base = {
  _producer: z.url(),
  _schemaURL: z.string().regex(/^https:\/\/openlineage\.io\/spec\/facets\/\d+-\d+-\d+\/(\w+)\.json#\/\$defs\/\1$/),
};
const facet = <T extends z.ZodRawShape>(name: string, shape: T): z.ZodObject =>
  z.strictObject({ ...base, _schemaURL: base._schemaURL.refine((url) => url.endsWith(`/${name}`)), ...shape });
const uuid = z.uuid({ version: 'v5' });
const whole = z.number().int().nonnegative();
const columnMetrics = z.record(z.string(), z.object({ nullCount: whole.optional() }));
const assertions = z
  .array(z.strictObject({ assertion: z.string(), success: z.boolean(), column: z.string().optional() }))
  .min(1);
const dataset = { namespace: z.string().min(1), name: z.string().min(1) };

export const runEventSchema = z.strictObject({
  eventType: z.enum(['START', 'COMPLETE', 'ABORT', 'FAIL']),
  eventTime: z.iso.datetime(),
  producer: z.url(),
  schemaURL: z.literal('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'),
  run: z.strictObject({
    runId: uuid,
    facets: z.strictObject({
      parent: facet('ParentRunFacet', {
        run: z.strictObject({ runId: uuid }),
        job: z.strictObject(dataset),
      }).optional(),
      processing_engine: facet('ProcessingEngineRunFacet', { version: z.string(), name: z.string() }),
      nominalTime: facet('NominalTimeRunFacet', {
        nominalStartTime: z.iso.datetime(),
        nominalEndTime: z.iso.datetime(),
      }).optional(),
      errorMessage: facet('ErrorMessageRunFacet', { message: z.string(), programmingLanguage: z.string() }).optional(),
    }),
  }),
  job: z.strictObject({
    ...dataset,
    facets: z.strictObject({
      jobType: facet('JobTypeJobFacet', { processingType: z.string(), integration: z.string(), jobType: z.string() }),
      documentation: facet('DocumentationJobFacet', { description: z.string() }).optional(),
      sql: facet('SQLJobFacet', { query: z.string().min(1) }).optional(),
    }),
  }),
  inputs: z.array(
    z.strictObject({
      ...dataset,
      facets: z
        .strictObject({ version: facet('DatasetVersionDatasetFacet', { datasetVersion: z.string() }) })
        .optional(),
      inputFacets: z
        .strictObject({
          dataQualityMetrics: facet('DataQualityMetricsInputDatasetFacet', {
            rowCount: whole,
            bytes: whole,
            columnMetrics,
          }),
        })
        .optional(),
    }),
  ),
  outputs: z.array(
    z.strictObject({
      ...dataset,
      facets: z.strictObject({
        schema: facet('SchemaDatasetFacet', {
          fields: z.array(z.strictObject({ name: z.string(), type: z.string(), description: z.string() })).min(1),
        }),
        dataSource: facet('DatasourceDatasetFacet', { name: z.string(), uri: z.url() }),
        dataQualityMetrics: facet('DataQualityMetricsDatasetFacet', { rowCount: whole, columnMetrics }).optional(),
        dataQualityAssertions: facet('DataQualityAssertionsDatasetFacet', { assertions }).optional(),
      }),
      outputFacets: z
        .strictObject({ outputStatistics: facet('OutputStatisticsOutputDatasetFacet', { rowCount: whole }) })
        .optional(),
    }),
  ),
});
