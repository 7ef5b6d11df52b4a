/** Threats to a power system, as published bodies of knowledge describe them; nobody here has assessed any installation. */
import { notNull, sql } from '../../core/check.ts';
import { csv } from '../../core/decode.ts';
import { decimal, instant, table, text, textArray, uuid } from '../../core/contract.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { referenceFile } from './reference-file.ts';
import { MITIGATION_HEADER, THREAT_HEADER } from './threat-files.ts';

const { extract, ...shared } = referenceFile('threat_models', THREAT_HEADER);

export default definePipeline({
  id: 'local-threat-models',
  title: 'Threats to power systems',
  ...shared,
  extract: {
    ...extract,
    inputs: {
      mitigations: { url: 'local://reference/mitigation_strategies.csv', decode: csv({ header: MITIGATION_HEADER }) },
    },
  },
  transform: 'transforms/local/threat_models.sql',
  table: table(
    'public.threat_models',
    {
      id: uuid({ key: true, doc: 'Made from the slug, so it stays the same; random for rows that are added by hand.' }),
      slug: text({
        pattern: '[a-z0-9]+(-[a-z0-9]+)*',
        doc: 'Readable name, for files and references; NULL in rows that were added by hand.',
      }),
      category: text({
        required: true,
        oneOf: ['cyber', 'physical', 'supply_chain', 'geopolitical', 'natural_disaster'],
        doc: 'Kind of threat.',
      }),
      vector: text({ required: true, doc: 'How it happens, a few words.' }),
      likelihood: decimal(5, 2, {
        range: [0, 1],
        doc: 'Probability, 0 to 1, as assessed by whom assessed_by names; NULL: nobody has.',
      }),
      impact: decimal(5, 2, {
        range: [0, 1],
        doc: 'Share of the worst case, 0 to 1, as assessed by whom assessed_by names; NULL: nobody has. Risk is likelihood times impact.',
      }),
      mitigation_summary: text({ doc: 'What is done against it, one sentence.' }),
      last_reviewed: instant({ doc: 'When somebody in charge last reviewed the row; NULL: never.' }),
      severity: text({
        oneOf: ['low', 'medium', 'high', 'critical'],
        doc: 'How severe, as assessed by whom assessed_by names; NULL: nobody has.',
      }),
      description: text({ doc: 'What happens, two or three sentences.' }),
      affected_assets: textArray({ doc: 'Kinds of assets that it touches.' }),
      mitigation_strategies: textArray({ doc: 'Names of the mitigation strategies that refer to it.' }),
      detection_methods: textArray({ doc: 'How it can be noticed.' }),
      assessed_by: text({
        doc: 'Who assessed likelihood, impact and severity, and where that can be read; NULL: nobody has.',
      }),
      source_name: text({ doc: 'The publication that describes the threat.' }),
      source_url: text({ pattern: String.raw`https://\S+`, doc: 'Where the publication can be read.' }),
    },
    { edits: 'kept' },
  ),
  checks: [
    notNull(['slug', 'source_name', 'source_url']),
    sql('transforms/local/check_assessment_without_author.sql', {
      severity: 'reject',
      doc: 'likelihood, impact and severity come with the name of who assessed them',
    }),
  ],
  quirks: ['No row has a likelihood, an impact or a severity: nobody has assessed them (decision 19).'],
});
