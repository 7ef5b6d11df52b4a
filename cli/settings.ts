/** Options and environment, settled once into what the rest works with. */
import { Fault } from '../core/errors.ts';
import type { SourceKind } from '../reports/model.ts';
import type { Environment } from './environment.ts';
import type { CommonOptions } from './options.ts';

export interface Settings {
  readonly source: SourceKind;
  /** Folder that answers instead of the network; null for the network and for the samples. */
  readonly recordings: string | null;
  readonly record: string | null;
  /** null: the embedded server. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** null: the definitions that ship with penstock. */
  readonly pipelines: string | null;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** @throws Fault `OPTIONS_CONFLICT` */
export function settingsOf(options: CommonOptions, env: Environment): Settings {
  const { recordings, samples = false, record } = options;
  const sources = [
    recordings === undefined ? '' : '--recordings',
    samples ? '--samples' : '',
    record === undefined ? '' : '--record',
  ].filter((name) => name !== '');
  if (sources.length > 1) {
    throw new Fault({
      code: 'OPTIONS_CONFLICT',
      kind: 'usage',
      what: `${sources.join(' and ')} exclude each other: requests are answered from one place`,
      consequence: 'nothing was run',
      next: 'leave out all but one of them',
    });
  }
  return {
    source: samples ? 'samples' : recordings === undefined ? 'live' : 'recordings',
    recordings: recordings ?? null,
    record: record ?? null,
    databaseUrl: options.databaseUrl ?? env['DATABASE_URL'] ?? null,
    dataDir: options.dataDir ?? (samples ? 'data/sample' : 'data'),
    pipelines: options.pipelines ?? null,
    json: options.json ?? false,
    quiet: options.quiet ?? false,
  };
}
