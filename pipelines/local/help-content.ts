/** Help texts of the front end's panels: one Markdown file each in data/help, written for this project and reviewed like code. */
import { sql } from '../../core/check.ts';
import { instant, jsonb, table, text, textArray } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { HELP_FILES, HELP_ID } from './help-files.ts';
import { seed } from './seed.ts';

export default definePipeline({
  ...seed,
  id: 'local-help-content',
  title: 'Help texts',
  extract: HELP_FILES,
  transform: 'transforms/local/help_content.sql',
  table: table(
    'public.help_content',
    {
      id: text({
        key: true,
        pattern: HELP_ID,
        doc: 'Name of the panel that the text belongs to: page.trends, chart.stakeholder.sentiment_trend.',
      }),
      title: text({ required: true, doc: 'Heading of the text.' }),
      short_text: text({
        required: true,
        pattern: String.raw`[\s\S]{1,159}`,
        doc: 'One or two sentences for a tooltip, shorter than 160 characters.',
      }),
      body_md: text({ required: true, doc: 'The text in Markdown, without raw HTML; links lead to https addresses.' }),
      discipline_tags: textArray({
        required: true,
        doc: 'Words to group texts by; needs-curation marks a text that a person must still review before it may be relied on.',
      }),
      related_sources: jsonb({
        required: true,
        doc: 'Where to read on: a list of {"name", "url"}, every url an https address.',
      }),
      last_updated: instant({
        required: true,
        doc: 'When the text was last changed by its author, not when it was loaded or shown.',
      }),
      author: text({ required: true, doc: 'Who answers for the text.' }),
    },
    { edits: 'kept' },
  ),
  checks: [
    sql('transforms/local/check_help_file.sql', {
      severity: 'reject',
      doc: 'the file is named after the id, sources and links are https addresses, and the Markdown holds no HTML',
    }),
  ],
  quirks: [
    'A text whose tags hold needs-curation only says what a panel technically shows; a person has to review it.',
    'npm run check -- "help files" finds more than SQL can: links and HTML inside the Markdown, ids that are missing.',
  ],
});
