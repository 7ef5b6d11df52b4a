/** What a caller asks: the body, and the question made of it without personal data. */
import { z } from 'zod';
import '../api/provenance.ts';
import { addFound, redactPersonal } from './redact.ts';

const said = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/, 'holds a NUL');
const optional = (max: number): z.ZodOptional<z.ZodNullable<z.ZodString>> => said(max).nullish();

export const requestSchema = z
  .object({
    datasetPath: z
      .string()
      .trim()
      .min(1)
      .max(300)
      .regex(/^[^\0]*$/, 'holds a NUL')
      .openapi({ description: 'Data that the question is about: ontario-demand, kaggle/provincial_generation.' }),
    panelId: optional(200),
    timeframe: optional(100).openapi({ description: '48h, 30d, 12m; another word is passed on and means 30d.' }),
    userPrompt: optional(4_000),
    queryType: optional(200),
    focus: optional(500),
    logs: z
      .array(z.union([said(2_000), z.record(z.string(), z.unknown())]))
      .max(100)
      .nullish(),
    tags: z.array(said(200)).max(50).nullish(),
    manifest: z.union([said(4_000), z.record(z.string(), z.unknown())]).nullish(),
  })
  .openapi('LlmRequest');

export type LlmBody = z.output<typeof requestSchema>;

/** The question as a model and the log may see it. */
export interface Question {
  readonly datasetPath: string;
  readonly panelId: string | null;
  readonly timeframe: string | null;
  readonly userPrompt: string | null;
  readonly queryType: string | null;
  readonly focus: string | null;
  readonly logs: readonly string[];
  /** How many of what was taken out. */
  readonly found: Readonly<Record<string, number>>;
}

export function questionOf(body: LlmBody): Question {
  const counts: Readonly<Record<string, number>>[] = [];
  const clean = (text: string): string => {
    const { text: rest, found } = redactPersonal(text);
    counts.push(found);
    return rest;
  };
  const maybe = (text: string | null | undefined): string | null =>
    text == null || text.trim() === '' ? null : clean(text);
  return {
    datasetPath: clean(body.datasetPath),
    panelId: maybe(body.panelId),
    timeframe: maybe(body.timeframe),
    userPrompt: maybe(body.userPrompt),
    queryType: maybe(body.queryType),
    focus: maybe(body.focus),
    logs: (body.logs ?? []).map((line) => clean(textOf(line))),
    found: addFound(...counts),
  };
}

/** Everything that the caller said, as it came: what the guards look at. */
export function textsOf(body: LlmBody): string[] {
  const { datasetPath, panelId, timeframe, userPrompt, queryType, focus, logs, tags, manifest } = body;
  return [datasetPath, panelId, timeframe, userPrompt, queryType, focus, ...(tags ?? []), ...(logs ?? []), manifest]
    .filter((part) => part != null)
    .map(textOf);
}

const LOGGED_MAX = 2_000;

/** What of the question goes into the log: no lines of logs, which may hold whole rows. */
export function loggedQuestion({ userPrompt, queryType, focus, timeframe, logs }: Question): string | null {
  const parts = { userPrompt, queryType, focus, timeframe };
  const kept = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null));
  const all = logs.length === 0 ? kept : { ...kept, log_lines: logs.length };
  return Object.keys(all).length === 0 ? null : JSON.stringify(all).slice(0, LOGGED_MAX);
}

/** Days that the question looks back. */
export function daysOf(timeframe: string | null): number {
  const [, n = '', unit = ''] = /^(\d{1,4}) ?(h|d|w|m|y)$/i.exec(timeframe ?? '') ?? [];
  if (n === '') return 30;
  const days = { h: Number(n) / 24, d: Number(n), w: Number(n) * 7, m: Number(n) * 30, y: Number(n) * 365 }[
    unit.toLowerCase()
  ];
  return Math.min(366, Math.max(1, Math.ceil(days ?? 30)));
}

function textOf(part: string | object): string {
  return typeof part === 'string' ? part : JSON.stringify(part);
}
