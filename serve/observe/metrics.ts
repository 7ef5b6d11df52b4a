/** Figures of this process and of the data for Prometheus, in a registry of their own. What is asked of the database is asked at each scrape. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../../core/effects.ts';
import type { Observer } from '../api/observe.ts';
import type { StreamHub } from '../sse/hub.ts';
import type { JournalStats } from './journal.ts';
import { readSources, type SourceFigures } from './source-figures.ts';

export interface Metrics {
  readonly observe: Observer;
  /** Text of `/metrics`; it answers without the database, too. */
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface Measured {
  readonly reads: Database;
  readonly hub: Pick<StreamHub, 'stats'>;
  readonly journal: () => JournalStats;
  readonly notices: { readonly connected: boolean };
}

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics({ reads, hub, journal, notices }: Measured): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'penstock_http_requests_total',
    help: 'Calls that were answered, by endpoint, method and status.',
    labelNames: ['endpoint', 'method', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'penstock_http_request_duration_seconds',
    help: 'Time until the answer began.',
    labelNames: ['endpoint', 'method'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'penstock_limiter_refusals_total',
    help: 'Calls that were refused because their client had made too many.',
    labelNames: ['endpoint'],
    registers,
  });
  const hits = new Counter({
    name: 'penstock_cache_hits_total',
    help: 'Answers that were made before.',
    labelNames: ['endpoint'],
    registers,
  });
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });
  const counter = (name: string, help: string, labelNames: readonly string[] = []): Counter =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const clients = gauge('penstock_sse_clients', 'Clients that listen to a stream.', ['stream']);
  const sent = counter('penstock_sse_events_sent_total', 'Events that were sent to clients of streams.');
  const droppedClients = counter('penstock_sse_clients_dropped_total', 'Clients of streams that were dropped.', [
    'reason',
  ]);
  const written = counter('penstock_journal_rows_written_total', 'Calls that were written to edge_invocation_log.');
  const dropped = counter('penstock_journal_rows_dropped_total', 'Calls that could not be written down.');
  const waiting = gauge('penstock_journal_rows_waiting', 'Calls that wait to be written down.');
  const hears = gauge('penstock_notices_connected', '1 while the server hears of loads.');
  const answers = gauge('penstock_database_up', '1 where the database answered this scrape.');
  const age = gauge('penstock_source_age_seconds', 'Since the start of the newest step that has a row.', ['source']);
  const stale = gauge(
    'penstock_source_stale',
    '1 where the newest row is older than the publisher’s calendar allows, as last judged.',
    ['source'],
  );
  const judged = gauge('penstock_source_judged_age_seconds', 'Since the state of the source was last judged.', [
    'source',
  ]);
  const findings = gauge('penstock_source_open_findings', 'Findings that wait for a decision.', ['source']);

  function bySource(sources: readonly SourceFigures[]): void {
    // A source that is gone, or that nobody knows any more, leaves no figure behind.
    for (const each of [age, stale, judged, findings]) each.reset();
    for (const { source, age_seconds, is_stale, judged_age_seconds, open_findings } of sources) {
      if (age_seconds !== null) age.set({ source }, age_seconds);
      if (is_stale !== null) stale.set({ source }, is_stale ? 1 : 0);
      judged.set({ source }, judged_age_seconds);
      findings.set({ source }, open_findings);
    }
  }

  return {
    observe: ({ name, method, status, durationMs, code, cached }) => {
      requests.inc({ endpoint: name, method, status: String(status) });
      durations.observe({ endpoint: name, method }, durationMs / 1_000);
      if (code === 'RATE_LIMITED') refusals.inc({ endpoint: name });
      if (cached) hits.inc({ endpoint: name });
    },
    scrape: async () => {
      const sources = await readSources(reads);
      answers.set(sources === null ? 0 : 1);
      bySource(sources ?? []);
      hears.set(notices.connected ? 1 : 0);
      const streams = hub.stats();
      for (const [stream, count] of Object.entries(streams.clients)) clients.set({ stream }, count);
      total(sent, streams.sent);
      droppedClients.reset();
      for (const [reason, count] of Object.entries(streams.dropped)) droppedClients.inc({ reason }, count);
      const rows = journal();
      total(written, rows.written);
      total(dropped, rows.dropped);
      waiting.set(rows.waiting);
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

/** Somebody else counts; here is only said how far. */
function total(counter: Counter, count: number): void {
  counter.reset();
  counter.inc(count);
}
