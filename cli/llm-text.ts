/** Prompts and the audit of language models for a terminal. */
import { minute, visible } from '../reports/words.ts';
import type { Audit } from './llm-audit.ts';
import type { PromptState, Registered } from './llm-prompts.ts';
import { renderTable } from './table.ts';

export function auditText({ days, lines, calls, spend }: Audit): string {
  const failed = lines.filter(({ state }) => state === 'fail').length;
  const warned = lines.filter(({ state }) => state === 'warn').length;
  return [
    renderTable(
      [{ name: 'check' }, { name: 'state' }, { name: 'figures' }],
      lines.map(({ check, state, said }) => [check, state, visible(said)]),
    ),
    ...(calls.by_endpoint.length === 0
      ? []
      : [
          '',
          renderTable(
            [{ name: 'endpoint' }, { name: 'status', right: true }, { name: 'calls', right: true }],
            calls.by_endpoint.map(({ endpoint, status, calls: n }) => [visible(endpoint), String(status), String(n)]),
          ),
        ]),
    ...(spend.length === 0
      ? []
      : [
          '',
          renderTable(
            [
              { name: 'day' },
              { name: 'model' },
              { name: 'calls', right: true },
              { name: 'tokens', right: true },
              { name: 'USD', right: true },
            ],
            spend.map(({ day, model, calls: n, tokens, usd }) => [
              day,
              visible(model),
              String(n),
              String(tokens),
              usd.toFixed(6),
            ]),
          ),
        ]),
    '',
    `${lines.length} checks over ${days} days: ${failed} fail, ${warned} warn`,
  ].join('\n');
}

export function promptsText(prompts: readonly PromptState[]): string {
  return renderTable(
    [
      { name: 'prompt' },
      { name: 'version' },
      { name: 'status' },
      { name: 'file' },
      { name: 'model' },
      { name: 'approved' },
    ],
    prompts.map(({ key, version, status, file, model, approvedBy, approvedAt }) => [
      key,
      version,
      status ?? '–',
      file,
      model ?? 'any',
      approvedBy === null || approvedAt === null ? '' : `${visible(approvedBy)}, ${minute(approvedAt)}`,
    ]),
  );
}

export function registeredText(done: readonly Registered[]): string {
  return done
    .map(({ key, version, outcome }) =>
      outcome === 'refused'
        ? `${key} ${version}: refused, its text has changed since it was approved; write it as a new version`
        : `${key} ${version}: ${outcome}`,
    )
    .join('\n');
}
