/** Other names under which a help text is asked for: the older keys of the front end. */
import { sql } from '../../core/check.ts';
import { table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { HELP_FILES, HELP_ID } from './help-files.ts';
import { seed } from './seed.ts';

export default definePipeline({
  ...seed,
  id: 'local-help-alias',
  title: 'Other names of help texts',
  extract: HELP_FILES,
  transform: 'transforms/local/help_alias.sql',
  table: table(
    'public.help_alias',
    {
      alias: text({ key: true, pattern: HELP_ID, doc: 'The other name; never the id of a text.' }),
      help_id: text({ required: true, references: 'public.help_content(id)', doc: 'The text that it stands for.' }),
    },
    { edits: 'kept' },
  ),
  checks: [
    sql('transforms/local/check_help_file.sql', {
      severity: 'reject',
      doc: 'the file of the text keeps the rules of help texts',
    }),
    sql('transforms/local/check_help_alias_text.sql', { severity: 'reject', doc: 'the text that it stands for loads' }),
  ],
  after: ['local-help-content'],
});
