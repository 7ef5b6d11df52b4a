/** How old the rows of a stream are, and whether they are measurements at all: nothing is pushed of what is old or made up. */
import type { StreamKey } from '../../core/flags.ts';
import { STALE_AFTER_HOURS } from './capabilities.ts';
import { ageOf, freshnessOf, type Said } from './provenance.ts';
import { expectThat, say, type Session, type Subject } from './session.ts';

const HOUR_MS = 3_600_000;
/** A row may turn old while it is looked at. */
const SLACK_MS = 5 * 60_000;

export function checkFreshness(session: Session, subject: Subject, stream: StreamKey, said: readonly Said[]): void {
  const word = freshnessOf(said);
  const age = ageOf(said, session.clock.now());
  const limit = STALE_AFTER_HOURS[stream];
  const old = age === null ? 'no instant' : `${hours(age)} old`;
  const common = {
    expected: `rows of a publisher that are at most ${limit} h old`,
    consequence: 'nothing may be pushed as live',
  };
  switch (word) {
    case 'live':
      expectThat(session, subject, 'freshness', age !== null && age <= limit * HOUR_MS + SLACK_MS, () => ({
        ...common,
        what: 'the data are called live and are old',
        got: old,
        next: 'look at stale_after_hours of this stream in stream_manifest',
      }));
      return;
    case 'stale':
      say(session, subject, 'freshness', session.allowStale ? 'allowed' : 'failed', {
        ...common,
        what: 'the data are stale',
        got: old,
        next: 'load what is due (penstock run), or say --allow-stale where the publisher is this slow: an old stream stays closed all the same',
      });
      return;
    case 'demo':
      say(session, subject, 'freshness', session.allowSamples ? 'allowed' : 'failed', {
        ...common,
        what: 'the data are generated samples',
        got: 'freshness demo',
        next: 'load from the publisher, or say --allow-samples to try things out: no row of etl.verification is written then',
      });
      return;
    default:
      say(session, subject, 'freshness', 'failed', {
        ...common,
        what: 'nobody can tell how old the data are',
        got: `freshness ${word}, ${old}`,
        next: 'load the dataset (penstock run); rows that people edited or that were adopted are unknown, too',
      });
  }
}

function hours(ms: number): string {
  const value = ms / HOUR_MS;
  return value < 48 ? `${value.toFixed(1)} h` : `${(value / 24).toFixed(0)} days`;
}
