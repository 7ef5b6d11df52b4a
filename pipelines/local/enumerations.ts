/** Every list of allowed values that a column of the platform has, with the label and the place that a front end shows. */
import { integer, table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';

export default definePipeline({
  id: 'local-enumerations',
  title: 'Allowed values of columns',
  ...referenceFile('enumerations', ['enumeration', 'value', 'label', 'position']),
  transform: 'transforms/local/enumerations.sql',
  table: table(
    'public.enumerations',
    {
      enumeration: text({
        key: true,
        pattern: String.raw`[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*`,
        doc: 'Which list: table.column. The CHECK constraint of that column, if it has one, allows the same values; sets that publishers extend (fuels) have none.',
      }),
      value: text({ key: true, doc: 'The value as it is stored.' }),
      label: text({ required: true, doc: 'The value in words, for people.' }),
      position: integer({
        required: true,
        range: [1, 1_000],
        doc: 'Place in the list, from 1; where there is an order, from least to most.',
      }),
    },
    { edits: 'kept' },
  ),
  quirks: [
    'A value that is added here must be added to the CHECK constraint in a migration as well; a test compares the two.',
  ],
});
