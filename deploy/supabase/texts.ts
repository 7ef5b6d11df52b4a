/** The generated files of the functions: one thin file each, the settings of the project, the import map. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgeFunction } from './functions-of.ts';
import { PROGRAM, reachedFrom, ROOT } from './reached.ts';

/** Where the functions find the program: in a checkout its own folders, in a gathered project a copy. */
export const PLACES = { checkout: '../../../', gathered: './_shared/penstock/' } as const;
export type Place = (typeof PLACES)[keyof typeof PLACES];

/** What the program reads at run time, relative to the root; the list of migrations is what `ready` compares the database with. */
export const READ: readonly string[] = ['data/prompts', 'sql/migrations'];
const PROMPTS: readonly string[] = ['data/prompts/*.json', 'data/prompts/*/*.md'];
const MIGRATIONS: readonly string[] = ['sql/migrations/*.sql'];

/** What all functions share, relative to the root. */
export const SHARED = ['app.ts', 'environment.ts', 'unavailable.ts'].map(
  (name) => `deploy/supabase/functions/_shared/${name}`,
);

export function indexText({ name, listens }: EdgeFunction): string {
  return `/** The edge function \`${name}\`. Made by \`npm run functions\`; do not edit. */
import { answerer } from '../_shared/app.ts';

Deno.serve(answerer({ listens: ${listens} }));
`;
}

/** @param place as {@link PLACES} has it: below `functions` */
export function configText(functions: readonly EdgeFunction[], place: Place): string {
  const listed = (patterns: readonly string[]): string =>
    patterns.map((pattern) => JSON.stringify(join('functions', place, pattern).replace(/^(?!\.)/, './'))).join(', ');
  const tables = functions.map(
    ({ name }) => `[functions.${name}]
enabled = true
verify_jwt = false
import_map = "./functions/deno.json"
entrypoint = "./functions/${name}/index.ts"
static_files = [${listed(name === 'ready' || name === 'api' ? [...PROMPTS, ...MIGRATIONS] : PROMPTS)}]
`,
  );
  return `# Settings of the Supabase project. Made by \`npm run functions\`; do not edit. The project is named when it is deployed: --project-ref.
project_id = "penstock"

[api]
# etl, history and adopted stay out: they are for the service role and for nobody.
schemas = ["public"]
max_rows = 1000

# verify_jwt is off: reads need no key, an EventSource cannot send one, and a key that does come along is checked by the function itself.
${tables.join('\n')}`;
}

/** Deno's settings: every package in the version that is tested here. */
export function denoText(place: Place): string {
  const versions = (
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
  ).dependencies;
  const imports = reachedFrom(SHARED).packages.flatMap((name): [string, string][] => {
    const version = versions[name];
    if (version === undefined) throw new Error(`${name} is imported by the API and is no dependency of package.json`);
    return [
      [name, `npm:${name}@${version}`],
      [`${name}/`, `npm:/${name}@${version}/`],
    ];
  });
  const settings = {
    imports: Object.fromEntries([[PROGRAM, place], ...imports]),
    compilerOptions: {
      lib: ['deno.ns', 'dom', 'dom.iterable', 'esnext'],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitOverride: true,
      noPropertyAccessFromIndexSignature: true,
      verbatimModuleSyntax: true,
    },
  };
  // Short lists on one line, as the formatter wants them.
  const text = JSON.stringify(settings, null, 2).replace(
    /\[\s+([^\]]*?)\s+\]/g,
    (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`,
  );
  return `${text}\n`;
}
