/** Who publishes what this project carries, under which licence, and whether a key is needed. */
import { table, text, textArray } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';

export default definePipeline({
  id: 'local-data-sources',
  title: 'Publishers and their licences',
  ...referenceFile('sources', [
    'publisher',
    'title',
    'url',
    'licence',
    'licence_url',
    'attribution',
    'credentials',
    'credentials_env',
    'credentials_url',
    'notes',
  ]),
  transform: 'transforms/local/sources.sql',
  table: table(
    'public.data_sources',
    {
      publisher: text({
        key: true,
        pattern: '[a-z][a-z0-9]*(-[a-z0-9]+)*',
        doc: 'Id of the publisher, as in source_health and in the folders of pipelines/.',
      }),
      title: text({ required: true, doc: 'Name of the publisher.' }),
      url: text({ required: true, pattern: String.raw`(https?|local)://\S+`, doc: 'Where its data are published.' }),
      licence: text({ required: true, doc: 'Licence or terms of use; each dataset states its own where they differ.' }),
      licence_url: text({
        pattern: String.raw`https?://\S+`,
        doc: 'Page of the licence; NULL where each data set has its own page.',
      }),
      attribution: text({ required: true, doc: 'The line that must accompany a reproduction.' }),
      credentials: text({
        required: true,
        oneOf: ['none', 'optional', 'required'],
        doc: 'Whether a key is needed: none, optional (more can be had with one), required (for part of its datasets).',
      }),
      credentials_env: textArray({
        required: true,
        doc: 'Environment variables that hold the key; empty if there is none.',
      }),
      credentials_url: text({ pattern: String.raw`https?://\S+`, doc: 'Where to get a key; NULL if there is none.' }),
      notes: text({ doc: 'What a user of the data should know beside the licence.' }),
    },
    { edits: 'kept' },
  ),
  quirks: ['A test compares the rows with the publishers of the catalog and the licences of their datasets.'],
});
