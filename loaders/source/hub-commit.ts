/** Which commit a revision of a Hugging Face data set is, asked once a run, so that all files of a run are of one commit. */
import type { BodySink, DownloadReply, DownloadRequest, Http } from '../../core/effects.ts';
import { Fault, redact } from '../../core/errors.ts';
import { requestFault } from './http-fault.ts';

export interface HubQuestion {
  readonly repo: string;
  readonly revision: string;
  /** `https://huggingface.co` */
  readonly hub: string;
  readonly request: Omit<DownloadRequest, 'url' | 'validators' | 'maxBytes'>;
}

export type HubAnswer =
  | { readonly outcome: 'known'; readonly commit: string }
  | { readonly outcome: 'not recorded'; readonly url: string };

/** Answers that a run has had; made anew for each run. */
export type HubCommits = Map<string, Promise<HubAnswer>>;

const COMMIT = /^[0-9a-f]{40}$/;
const MAX_ANSWER_BYTES = 1_000_000;

/**
 * The commit of `revision`: a branch or tag is asked for, a commit is its own answer. Every question of a run with the same
 * repository and revision has the same answer, or the same fault.
 * @throws Fault of kind `request`
 */
export async function hubCommit(question: HubQuestion, http: Http, known: HubCommits): Promise<HubAnswer> {
  const { hub, repo, revision } = question;
  if (COMMIT.test(revision)) return { outcome: 'known', commit: revision };
  const key = `${hub} ${repo} ${revision}`;
  const asked = known.get(key) ?? ask(question, http);
  known.set(key, asked);
  return asked;
}

async function ask({ hub, repo, revision, request }: HubQuestion, http: Http): Promise<HubAnswer> {
  let last: { readonly url: string; readonly reply: DownloadReply | null } = { url: hub, reply: null };
  // The library builds the question and reads the answer; the asking is ours, with pace, retries, recordings and allow-list.
  const viaHttp: typeof fetch = async (address) => {
    const url = String(address instanceof Request ? address.url : address);
    last = { url, reply: null };
    const { sink, text } = textSink();
    const reply = await http.download({ ...request, url, maxBytes: MAX_ANSWER_BYTES }, sink);
    last = { url, reply };
    if (reply.outcome === 'downloaded')
      return new Response(text(), { headers: { 'content-type': 'application/json' } });
    return new Response(null, { status: reply.outcome === 'not found' ? reply.status : 404 });
  };
  // Loaded only here: most commands never ask the Hub.
  const { datasetInfo } = await import('@huggingface/hub');
  let sha: unknown;
  try {
    ({ sha } = await datasetInfo({ name: repo, revision, hubUrl: hub, additionalFields: ['sha'], fetch: viaHttp }));
  } catch (error) {
    if (error instanceof Fault || last.reply === null) throw error;
    if (last.reply.outcome === 'not recorded') return { outcome: 'not recorded', url: redact(last.url) };
    if (last.reply.outcome === 'not found')
      throw requestFault(
        'HUB_REVISION_NOT_FOUND',
        `the Hub knows no revision ${JSON.stringify(revision)} of ${repo}`,
        last.url,
        'check extract.hub of the definition',
      );
    throw unreadable(last.url, error);
  }
  if (typeof sha === 'string' && COMMIT.test(sha)) return { outcome: 'known', commit: sha };
  throw unreadable(last.url);
}

function unreadable(url: string, cause?: unknown): Fault {
  const next = 'look at the answer; if the Hub has changed it, update @huggingface/hub';
  return requestFault('HUB_ANSWER_INVALID', 'the answer of the Hub names no commit', url, next, cause);
}

function textSink(): { sink: BodySink; text: () => string } {
  let chunks: Uint8Array[] = [];
  return {
    text: () => Buffer.concat(chunks).toString(),
    sink: {
      async write(chunk) {
        chunks.push(new Uint8Array(chunk));
      },
      async restart() {
        chunks = [];
      },
    },
  };
}
