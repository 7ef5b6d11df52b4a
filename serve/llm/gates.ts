/** The gates in their order: safety (403), switched on (503), Indigenous data (451), quota (429); then whether there are such data. */
import type { ApiDependencies } from '../dependencies.ts';
import type { Caller } from './caller.ts';
import type { CallRow } from './call-log.ts';
import { datasetOf, type DatasetSpec } from './datasets.ts';
import { dataUnknown, indigenousGuard, unsafe } from './faults.ts';
import { governanceRequest } from './governance.ts';
import { type Guards, isIndigenous, unsafeIn } from './guards.ts';
import { countQuestion, type QuotaState } from './quota.ts';
import { type LlmBody, loggedQuestion, type Question, questionOf, textsOf } from './request.ts';

export interface Passed<On> {
  readonly dataset: DatasetSpec;
  readonly question: Question;
  readonly on: On;
}

export interface Gates {
  /** The first gate (400) is the schema of the body. Writes what may be known of the call into its row. @throws Problem */
  pass<On>(
    body: LlmBody,
    caller: Caller,
    row: CallRow,
    switchedOn: () => Promise<On>,
    counted: (state: QuotaState) => void,
  ): Promise<Passed<On>>;
}

// grain: one row. reads: public.stream_manifest. params: $1 key of the stream.
const MANIFEST = `select concat_ws(' ', dataset, title, provider, region, notes) as said from public.stream_manifest where stream_key = $1`;

export function createGates({ service, reads }: ApiDependencies, guards: () => Guards, perMinute: number): Gates {
  async function manifestTexts(dataset: DatasetSpec | null): Promise<string[]> {
    if (dataset === null) return [];
    return (await reads.query<{ said: string }>(MANIFEST, [dataset.key])).map(({ said }) => said);
  }

  return {
    pass: async (body, { client, principal }, row, switchedOn, counted) => {
      const question = questionOf(body);
      row.datasetPath = question.datasetPath;
      row.panelId = question.panelId;
      row.redactionSummary = question.found;
      row.prompt = loggedQuestion(question);
      const texts = textsOf(body);
      const found = unsafeIn(texts, guards());
      if (found !== null) throw unsafe(found);
      const on = await switchedOn();
      const dataset = datasetOf(body.datasetPath);
      if (isIndigenous([...texts, ...(await manifestTexts(dataset))], guards()))
        throw indigenousGuard(await governanceRequest(service, principal.subject, question));
      counted(await countQuestion(service, client, perMinute));
      if (dataset === null) throw dataUnknown(question.datasetPath, 'there are no such data here');
      return { dataset, question, on };
    },
  };
}
