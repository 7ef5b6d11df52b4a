/** What the API says about supply and demand now: one document, v2 since 2025-07-30, v1 until 2025-09-30. Three datasets read it. */
import type { Column } from '../../core/contract.ts';
import { instant } from '../../core/contract.ts';
import { snapshot } from '../../core/partitions.ts';
import { apiUrl } from './api.ts';
import { now } from './current-report.ts';

export const currentSummary = {
  partitions: snapshot('America/Edmonton'),
  publishes: now,
} as const;

/** v1 answers no more; a body of it still decodes. */
export const SUMMARY_URL = apiUrl('currentsupplydemand-api/v2/csd/summary/current');

/** The time of the document: v2 calls it effective, v1 last updated. `up` climbs from a list inside the document. */
export const summaryTime = (up: string): Readonly<Record<string, string>> => ({
  effective_datetime_utc: `${up}effective_datetime_utc`,
  effective_datetime_mpt: `${up}effective_datetime_mpt`,
  last_updated_datetime_utc: `${up}last_updated_datetime_utc`,
  last_updated_datetime_mpt: `${up}last_updated_datetime_mpt`,
});

/** Rows of a list in the document, with the envelope or without. */
export const listOf = (name: string): string[] => [`return/${name}`, name];

export const summaryInstant = (): Column =>
  instant({ key: true, doc: 'Instant that the report is about: effective time (v2) or last update (v1).' });
