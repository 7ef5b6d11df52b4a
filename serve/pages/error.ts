/** What went wrong, as a page: what, consequence, next step, code. */
import type { Fault } from '../../core/errors.ts';
import type { Html } from '../../reports/html/template.ts';
import { markup } from '../../reports/html/template.ts';
import { frame } from './frame.ts';

export function errorPage({ code, what, consequence, next }: Fault, status: number): Html {
  return frame(
    String(status),
    null,
    markup`<h1>${sentence(what)}</h1>
${consequence === undefined ? null : markup`<p>${sentence(consequence)}</p>`}
${next === undefined ? null : markup`<p>Next: ${next}</p>`}
<p class="note">${status} <code>${code}</code></p>
`,
  );
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
