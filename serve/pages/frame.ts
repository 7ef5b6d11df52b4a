/** The frame of the pages of the server: the style of the reports, a way between the pages. The policy comes in the headers, since forms need another one. */
import { STYLE } from '../../reports/html/style.ts';
import type { Fill, Html } from '../../reports/html/template.ts';
import { markup } from '../../reports/html/template.ts';
import { SERVE_STYLE } from './style.ts';

export type Place = 'runs' | 'review' | null;

export function frame(title: string, place: Place, body: Fill): Html {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · penstock</title>
${STYLE}${SERVE_STYLE}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<nav aria-label="Pages">${wayTo('/reports', 'Runs', place === 'runs')}${wayTo('/reports/review', 'Review', place === 'review')}${wayTo('/docs', 'API', false)}</nav>
<main id="main">
${body}</main>
</body>
</html>
`;
}

function wayTo(href: string, name: string, here: boolean): Html {
  return here ? markup`<a href="${href}" aria-current="page">${name}</a>` : markup`<a href="${href}">${name}</a>`;
}
