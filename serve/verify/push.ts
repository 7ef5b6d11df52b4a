/** Opens the push of a stream as a page would, waits for its first word, and leaves. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { short } from './check.ts';
import { EVENTS_TYPE } from './questions.ts';
import { checkHeaders } from './reads.ts';
import { answerOf, expectThat, gist, mediaOf, say, type Session, type Subject } from './session.ts';

export async function checkPush(session: Session, capability: string, path: string): Promise<void> {
  const answer = await session.ask({
    method: 'GET',
    path,
    headers: { accept: EVENTS_TYPE, ...(session.key !== null && { authorization: `Bearer ${session.key}` }) },
    enough: (text) => eventsOf(text).some(({ event }) => event === 'hello'),
  });
  const subject: Subject = { capability, where: `GET ${path} (${EVENTS_TYPE})`, ms: answer.ms };
  if (answer.outcome === 'cut' && answer.status === 200) {
    say(session, subject, 'push', 'failed', {
      what: 'the stream never says hello',
      expected: `an event hello within ${session.probe.timeoutMs / 1_000} s`,
      got: short(new TextDecoder().decode(answer.bytes)) || 'an open connection and nothing on it',
      consequence: 'a page waits for ever, and believes that it listens',
      next: 'look whether a proxy between holds back what is sent (X-Accel-Buffering: no)',
    });
    return;
  }
  const got = answerOf(session, subject, answer);
  if (got === null) return;
  if (got.status !== 200) {
    // Without the key of the service a closed flag is what everybody sees.
    const closed = session.key === null && [403, 503].includes(got.status);
    say(session, subject, 'push', closed ? 'off' : 'failed', {
      what: closed ? 'the push is closed, as its flag is off' : 'the push does not open',
      expected: closed ? 'an open stream, with the key of the service' : 'status 200',
      got: gist(got),
      consequence: closed ? 'what it would send is not known' : 'pages hear nothing',
      next: closed ? 'give --key to look behind the flag' : 'look in the log of the server',
    });
    return;
  }
  checkHeaders(session, subject, got);
  const events = eventsOf(new TextDecoder().decode(got.bytes));
  const hello = events.find(({ event }) => event === 'hello');
  const faults: string[] = [];
  if (mediaOf(got) !== EVENTS_TYPE) faults.push(`content type ${got.headers['content-type'] ?? 'missing'}`);
  if (hello === undefined) faults.push('no event hello before its end');
  else if (!isJson(hello.data)) faults.push(`hello is no JSON: ${short(hello.data, 80)}`);
  if (!/\bno-(cache|store)\b/.test(got.headers['cache-control'] ?? '')) faults.push('Cache-Control lets it be kept');
  expectThat(session, subject, 'push', faults.length === 0, () => ({
    what: 'the stream does not begin as agreed',
    expected: `${EVENTS_TYPE} with an event hello, not kept by anybody`,
    got: faults.join('; '),
    consequence: 'pages cannot listen to it',
    next: 'look at what stands between, and at the version of the server',
  }));
}

export function eventsOf(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  createParser({ onEvent: (event) => events.push(event) }).feed(text);
  return events;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
