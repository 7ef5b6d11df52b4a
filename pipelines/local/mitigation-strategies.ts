/** What published standards and guides recommend against the threats of threat_models. */
import { notNull, sql } from '../../core/check.ts';
import { csv } from '../../core/decode.ts';
import { decimal, instant, integer, table, text, uuid } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';
import { MITIGATION_HEADER, THREAT_HEADER } from './threat-files.ts';

const { extract, ...shared } = referenceFile('mitigation_strategies', MITIGATION_HEADER);

export default definePipeline({
  id: 'local-mitigation-strategies',
  title: 'Mitigation strategies against threats to power systems',
  ...shared,
  extract: {
    ...extract,
    inputs: { threats: { url: 'local://reference/threat_models.csv', decode: csv({ header: THREAT_HEADER }) } },
  },
  transform: 'transforms/local/mitigation_strategies.sql',
  table: table(
    'public.mitigation_strategies',
    {
      id: uuid({ key: true, doc: 'Made from the slug, so it stays the same; random for rows that are added by hand.' }),
      slug: text({
        pattern: '[a-z0-9]+(-[a-z0-9]+)*',
        doc: 'Readable name, for files and references; NULL in rows that were added by hand.',
      }),
      strategy_name: text({ required: true, doc: 'Name of the strategy.' }),
      description: text({ doc: 'What is done, one or two sentences.' }),
      effectiveness: decimal(5, 2, {
        range: [0, 1],
        doc: 'Share of the risk that it takes away, 0 to 1, as estimated by whom estimated_by names; NULL: nobody has.',
      }),
      cost_estimate: decimal(12, 2, {
        unit: 'CAD',
        doc: 'Cost as estimated by whom estimated_by names; NULL: nobody has.',
      }),
      time_to_implement_days: integer({
        range: [0, 36_500],
        unit: 'd',
        doc: 'Time as estimated by whom estimated_by names; NULL: nobody has.',
      }),
      related_threat: uuid({
        references: 'public.threat_models(id)',
        doc: 'The threat that it is meant against; NULL: against several.',
      }),
      status: text({
        oneOf: ['planned', 'in_progress', 'implemented', 'effective'],
        doc: 'How far an operator has come with it; NULL: nobody has said.',
      }),
      last_updated: instant({ doc: 'When somebody in charge last updated the row; NULL: never.' }),
      priority: text({
        oneOf: ['low', 'medium', 'high', 'critical'],
        doc: 'Priority that an operator gives it; NULL: nobody has said.',
      }),
      responsible_party: text({ doc: 'Who is in charge of it; NULL: nobody has said.' }),
      estimated_by: text({
        doc: 'Who estimated effectiveness, cost and time, and where that can be read; NULL: nobody has.',
      }),
      source_name: text({ doc: 'The publication that recommends it.' }),
      source_url: text({ pattern: String.raw`https://\S+`, doc: 'Where the publication can be read.' }),
    },
    { edits: 'kept' },
  ),
  after: ['local-threat-models'],
  checks: [
    notNull(['slug', 'source_name', 'source_url']),
    sql('transforms/local/check_unknown_threat.sql', {
      severity: 'reject',
      doc: 'the threat is one of data/reference/threat_models.csv',
    }),
    sql('transforms/local/check_estimate_without_author.sql', {
      severity: 'reject',
      doc: 'effectiveness, cost and time come with the name of who estimated them',
    }),
  ],
  quirks: [
    'No row has an effectiveness, a cost, a time or a status: nobody has estimated or reported them (decision 19).',
  ],
});
