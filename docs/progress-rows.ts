/** Rows of the plan: what is to be there, and what proves it. No row has a status: that comes from results alone. */

/** A capability that `verify` looks at, a file of tests, or a bench. */
export type Proof = { readonly capability: string } | { readonly test: string } | { readonly bench: string };

export interface PlanRow {
  readonly what: string;
  readonly proof: Proof;
}

export interface PlanPart {
  readonly title: string;
  readonly rows: readonly PlanRow[];
}

const capability = (what: string, name: string): PlanRow => ({ what, proof: { capability: name } });
const test = (what: string, file: string): PlanRow => ({ what, proof: { test: `tests/${file}.test.ts` } });

export const PLAN: readonly PlanPart[] = [
  {
    title: 'Phase 2: endpoints instead of mocks',
    rows: [
      capability('Ontario demand as pages and as a stream, fresh', 'stream.ontario-demand'),
      capability('Provincial generation as pages and as a stream, fresh', 'stream.provincial-generation'),
      capability('Ontario prices as pages and as a stream, fresh', 'stream.ontario-prices'),
      capability('Demand of single buildings as pages and as a stream, fresh', 'stream.hf-electricity-demand'),
      capability('Alberta supply and demand as pages and as a stream, fresh', 'stream.aeso-grid-data'),
      capability('Grid and security panels', 'grid-and-security'),
      capability('Overview, provincial metrics and trends', 'analytics'),
      capability('History by range, as files and as it was known', 'historical'),
      capability('Every help id of the front end', 'help'),
      test('Rows are loaded once, however often they are loaded', 'engine/revisions'),
      test('Samples and measurements are never mixed', 'sql/read-helpers-provenance'),
    ],
  },
  {
    title: 'Phase 3: streams, health, flags, governance',
    rows: [
      test('Clients of a stream hear what a load commits, also after they were away', 'api/sse'),
      test('A slow client is dropped with a reason', 'api/sse-slow'),
      test('Health of each stream is read out of what loads wrote', 'engine/health-streams'),
      test('A flag opens only what was verified here within a day', 'sql/flags-and-review'),
      test('Calls of language models are logged, refusals too', 'api/llm-gates'),
      capability('Language models answer', 'llm'),
      capability('Health, readiness, metrics, flags, the document', 'core'),
    ],
  },
  {
    title: '1. Server',
    rows: [
      test('Keys, limits, forms of an answer, other sites', 'api/gate'),
      test('Panels answer what tables hold, and say so where they hold nothing', 'api/panels'),
      test('The document and the server agree, whatever is asked', 'api/contract'),
      test('The document can be browsed', 'api/api-page'),
    ],
  },
  {
    title: '2. Streams',
    rows: [test('Frames of the events', 'api/sse-frames'), test('Resume and snapshots', 'api/sse')],
  },
  {
    title: '3. Help',
    rows: [
      test('Manifest, items, aliases', 'api/help'),
      test('Markdown becomes safe HTML', 'api/help-html'),
      test('Texts are written with the key of the service alone', 'api/help-admin'),
      test('Feedback of readers, with limits', 'api/help-feedback'),
      test('Texts on the command line', 'cli/help-texts'),
    ],
  },
  {
    title: '4. Health',
    rows: [
      test('Health of the operation', 'api/ops'),
      test('Health of streams over HTTP', 'api/readiness-streams'),
      test('Every run is a row of ops_runs', 'engine/ops-run'),
    ],
  },
  {
    title: '5. Flags',
    rows: [test('Flags over HTTP', 'api/flags'), test('Flags on the command line', 'cli/flags')],
  },
  {
    title: '6. Language models',
    rows: [
      test('Gates in their order', 'api/llm-gates'),
      test('Answers have sources that exist', 'api/llm-answers'),
      test('An upstream that fails in every way', 'api/llm-upstream'),
      test('Personal data do not leave', 'llm/redact'),
    ],
  },
  {
    title: '7. Security',
    rows: [
      test('Who may do what, over HTTP; nothing private in any answer', 'api/access'),
      test('Limits count together over servers', 'api/limits'),
      test('Rights of each role on each table', 'sql/access-matrix'),
    ],
  },
  {
    title: '8. Verify',
    rows: [
      test('Planted faults fail with their line', 'api/verify'),
      test('The command: exit codes, rows where the server proves to read', 'cli/verify'),
    ],
  },
  {
    title: '9. Documents and load',
    rows: [
      { what: 'Reads beside a bare pg handler, 2,000 listeners', proof: { bench: 'serve' } },
      test('This page is made from results', 'cli/progress'),
    ],
  },
];
