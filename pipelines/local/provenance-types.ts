/** The vocabulary of provenance: which words a row or a stream may use for where its numbers come from. */
import { decimal, table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';

export default definePipeline({
  id: 'local-provenance-types',
  title: 'Kinds of provenance',
  ...referenceFile('provenance_types', ['code', 'label', 'quality_tier', 'reliability_score', 'description']),
  transform: 'transforms/local/provenance_types.sql',
  table: table(
    'public.data_provenance_types',
    {
      code: text({
        key: true,
        pattern: '[a-z][a-z0-9_]*',
        doc: 'The word as rows and streams use it: ieso_real_time.',
      }),
      label: text({ required: true, doc: 'The word for people.' }),
      quality_tier: text({
        required: true,
        oneOf: ['real_time', 'historical', 'modeled', 'synthetic'],
        doc: 'real_time: measured, as it is published; historical: measured, from an archive; modeled: computed from measurements; synthetic: made up.',
      }),
      reliability_score: decimal(3, 2, {
        range: [0, 1],
        doc: 'How reliable, 0 to 1; NULL, since nobody has measured it (decision 19).',
      }),
      description: text({ required: true, doc: 'What rows of this kind are.' }),
    },
    { edits: 'kept' },
  ),
});
