/** The events of a consultation that clients may send, and which of them are kept. */
import { boolean, table, text } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';

export default definePipeline({
  id: 'local-consultation-event-types',
  title: 'Kinds of consultation events',
  ...referenceFile('consultation_event_types', ['event_type', 'description', 'stored']),
  transform: 'transforms/local/consultation_event_types.sql',
  table: table(
    'public.consultation_event_types',
    {
      event_type: text({ key: true, pattern: '[a-z][a-z0-9_]*', doc: 'Name of the event, as clients send it.' }),
      description: text({ required: true, doc: 'What has happened.' }),
      stored: boolean({
        required: true,
        doc: 'Whether a row of consultation_events is written for it; a sign that passes, such as typing, is not kept.',
      }),
    },
    { edits: 'kept' },
  ),
});
