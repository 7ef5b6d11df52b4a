/** The manifest of the streams that the platform serves: shape of their rows, page sizes, where they come from. */
import { boolean, integer, table, text, textArray } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';

export default definePipeline({
  id: 'local-stream-manifest',
  title: 'Streams of the platform',
  ...referenceFile('streams', [
    'stream_key',
    'health_key',
    'dataset',
    'version',
    'fields',
    'page_size_default',
    'max_page_size',
    'title',
    'provider',
    'region',
    'license',
    'source_url',
    'update_frequency',
    'stale_after_hours',
    'enabled',
    'provenance_type',
    'notes',
  ]),
  transform: 'transforms/local/streams.sql',
  table: table(
    'public.stream_manifest',
    {
      stream_key: text({
        key: true,
        pattern: '[a-z][a-z0-9]*(-[a-z0-9]+)*',
        doc: 'Name of the stream in addresses: ontario-demand in stream-ontario-demand and manifest-ontario-demand.',
      }),
      health_key: text({
        required: true,
        pattern: '[a-z][a-z0-9]*(-[a-z0-9]+)*',
        doc: 'The stream in stream_health; ontario-prices is ontario-nodal-prices there.',
      }),
      dataset: text({ required: true, doc: 'Name of the data set in the manifest that clients read.' }),
      version: text({ required: true, doc: 'Version of the shape of the rows: another one when fields change.' }),
      fields: textArray({
        required: true,
        doc: 'Keys of the served rows, in order; the columns of view stream_<stream_key>.',
      }),
      page_size_default: integer({
        required: true,
        range: [1, 1_000],
        unit: 'rows',
        doc: 'Rows of a page when the client does not say.',
      }),
      max_page_size: integer({ required: true, range: [1, 1_000], unit: 'rows', doc: 'Most rows of a page.' }),
      title: text({ required: true, doc: 'Name of the stream for people.' }),
      provider: text({
        required: true,
        references: 'public.data_sources(publisher)',
        doc: 'Publisher whose data the stream serves; of several, the one that is preferred.',
      }),
      region: text({ doc: 'Where the data are about: Ontario; NULL where it is no one region.' }),
      license: text({
        required: true,
        doc: 'Licence of the served rows; data_sources has its page and the line of attribution.',
      }),
      source_url: text({
        required: true,
        pattern: String.raw`https?://\S+`,
        doc: 'Where a reader finds the original.',
      }),
      update_frequency: text({ required: true, doc: 'How often the publisher issues new data, in words.' }),
      stale_after_hours: integer({
        range: [1, 100_000],
        unit: 'h',
        doc: 'Age of the newest row from which on the front end calls the stream stale: a rule of the front end, not of the publisher.',
      }),
      enabled: boolean({
        required: true,
        doc: 'Whether the stream is offered to clients; off until somebody switches it on.',
      }),
      provenance_type: text({
        required: true,
        references: 'public.data_provenance_types(code)',
        doc: 'Kind of provenance of the served rows; its quality_tier is the tier of the stream.',
      }),
      notes: text({ doc: 'What a reader of the rows must know.' }),
    },
    { edits: 'kept' },
  ),
  after: ['local-data-sources', 'local-provenance-types'],
  quirks: [
    'updated_at of the manifest is created_at: when this version of the row was written.',
    'A test compares fields with the columns of the views that are served.',
  ],
});
