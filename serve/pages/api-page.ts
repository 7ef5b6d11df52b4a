/** The page on which the API can be read and tried: its markup, its style and its script, each a file of its own so that nothing inline may run. */
import { markup, type Html } from '../../reports/html/template.ts';

export const API_PAGE: Html = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/page.js" defer></script>
<title>API · penstock</title>
</head>
<body>
<nav aria-label="Pages"><a href="/reports">Runs</a><a href="/reports/review">Review</a><a href="/docs" aria-current="page">API</a><a href="/openapi.json">openapi.json</a></nav>
<main id="main"><p id="state">Reading the document …</p></main>
</body>
</html>
`;

export const API_PAGE_STYLE = `body { margin: 0; background: #fff; color: #1b1b1b; font-family: system-ui, sans-serif; }
nav { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; padding: 0.75rem 1rem; border-bottom: 1px solid #d8d8d8; }
nav a { color: #0b4f8a; }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
main { max-width: 1460px; margin: 0 auto; }
#state { padding: 1rem; }
.swagger-ui .wrapper { padding: 0 1rem; }
.swagger-ui .info { margin: 1.5rem 0; }
@media (max-width: 640px) {
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; word-break: break-word; }
  .swagger-ui .opblock .opblock-summary-description { flex-basis: 100%; }
  .swagger-ui .opblock-tag { font-size: 1.1rem; padding: 0.6rem 0; }
  .swagger-ui .scheme-container { padding: 1rem 0; }
}
`;

// Other names of a path are said once, at the path that they name.
export const API_PAGE_SCRIPT = `'use strict';
const shown = (spec) => {
  const names = {};
  for (const [path, item] of Object.entries(spec.paths))
    for (const [method, operation] of Object.entries(item)) {
      const same = operation['x-same-as'];
      if (same === undefined) continue;
      (names[method + ' ' + same] ??= []).push(path);
      delete item[method];
    }
  for (const [path, item] of Object.entries(spec.paths)) {
    if (Object.keys(item).length === 0) delete spec.paths[path];
    for (const [method, operation] of Object.entries(item)) {
      const others = names[method + ' ' + path];
      if (others === undefined) continue;
      const said = 'Also at ' + others.map((other) => '\`' + other + '\`').join(', ') + '.';
      operation.description = operation.description === undefined ? said : operation.description + '\\n\\n' + said;
    }
  }
  return spec;
};
const main = document.getElementById('main');
fetch('/openapi.json')
  .then((answer) => {
    if (!answer.ok) throw new Error('status ' + answer.status);
    return answer.json();
  })
  .then((spec) => {
    main.replaceChildren();
    SwaggerUIBundle({
      spec: shown(spec),
      domNode: main,
      deepLinking: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      validatorUrl: null,
      presets: [SwaggerUIBundle.presets.apis],
    });
  })
  .catch((error) => {
    document.getElementById('state')?.replaceChildren('The document cannot be read: ' + error.message + '. Load the page again.');
  });
`;
