/** Every environment variable that penstock reads, with its meaning; `.env.example` is made from this list and tested against it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env as processEnv } from 'node:process';
import { parse } from 'dotenv';
import { type Credentials, credentialVariables } from '../core/pipeline.ts';
import { waysIn } from '../loaders/source/credentials.ts';
import type { Catalog } from '../pipelines/index.ts';

export interface Variable {
  readonly name: string;
  /** Sentences for `.env.example`, one a line. */
  readonly doc: readonly string[];
  readonly example: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const VARIABLES: readonly Variable[] = [
  {
    name: 'DATABASE_URL',
    doc: [
      'The PostgreSQL server to load into, version 15 to 18.',
      'Unset: an embedded server under the data folder is started when it is needed.',
    ],
    example: 'postgresql://user:password@localhost:5432/penstock',
  },
  {
    name: 'PENSTOCK_CHANGELOG',
    doc: [
      'The file in which db migrate and db seed note what they changed.',
      'Unset: docs/operations/changelog.md of a checkout, else operations/changelog.md in the data folder.',
    ],
    example: '/var/log/penstock/changelog.md',
  },
  {
    name: 'PENSTOCK_SHADOW_URL',
    doc: [
      'A PostgreSQL server of the same major version as the database, for "db audit" where that is not 18: an empty database is made and dropped there.',
      'It may be the same server.',
    ],
    example: 'postgresql://user:password@localhost:5432/postgres',
  },
  {
    name: 'PENSTOCK_ALERT_WEBHOOK',
    doc: [
      'Where changes of state are posted after a live run: an address of yours, or an incoming webhook of Slack. It is a secret.',
      'Unset: nobody is told; alerts.md beside the report has them all the same.',
    ],
    example: '',
  },
  {
    name: 'PENSTOCK_ALERT_FORMAT',
    doc: ['json or slack. Default: slack for hooks.slack.com, else json.'],
    example: 'slack',
  },
  {
    name: 'PENSTOCK_ALERT_MIN_SEVERITY',
    doc: ['The least that is posted: info, warn, reject, block or failure. Default: info, which is everything.'],
    example: 'warn',
  },
  {
    name: 'OPENLINEAGE_URL',
    doc: ['Server that takes OpenLineage events of each dataset: Marquez, DataHub and others. Unset: none are posted.'],
    example: 'http://localhost:5000',
  },
  { name: 'OPENLINEAGE_ENDPOINT', doc: ['Path on that server. Default: api/v1/lineage.'], example: 'api/v1/lineage' },
  { name: 'OPENLINEAGE_API_KEY', doc: ['Sent as a bearer token, where the server wants one.'], example: '' },
  { name: 'OPENLINEAGE_NAMESPACE', doc: ['Namespace of the jobs. Default: penstock.'], example: 'penstock' },
  { name: 'OPENLINEAGE_DISABLED', doc: ['true: no events, whatever else is set.'], example: 'true' },
  {
    name: 'PENSTOCK_OPENLINEAGE_FILE',
    doc: ['A file to which the same events are appended, one JSON object a line. Also for samples and recordings.'],
    example: 'data/lineage.jsonl',
  },
  {
    name: 'PENSTOCK_ADMIN_KEY',
    doc: [
      'What a decision about findings needs in "serve": the password of the browser\'s dialog, or a Bearer token. A long random text.',
      'Unset: serve listens on this machine alone, and whoever reaches it may decide.',
    ],
    example: '',
  },
  {
    name: 'PENSTOCK_ANON_KEYS',
    doc: [
      'Public keys that front ends send as apikey or Bearer token, with commas between them: the value of VITE_SUPABASE_ANON_KEY.',
      'Unset: reads need no key, and any key that comes along is refused.',
    ],
    example: '',
  },
  {
    name: 'PENSTOCK_JWT_SECRET',
    doc: [
      'Secret (HS256) of tokens that say who a caller is: the JWT secret of a Supabase project. Unset: no tokens are taken.',
    ],
    example: '',
  },
  {
    name: 'CORS_ALLOWED_ORIGINS',
    doc: [
      'Sites whose pages may read answers of "serve", with commas between them; * for all. Unset: pages of this machine.',
    ],
    example: 'https://energy.example.ca',
  },
  {
    name: 'PENSTOCK_CLIENT_ADDRESS_HEADER',
    doc: [
      'Header in which the proxy in front of "serve" says the address of the client. Set it only where a proxy writes it: limits count by it.',
      'Unset: the connection counts.',
    ],
    example: 'x-forwarded-for',
  },
  {
    name: 'PENSTOCK_READS_PER_MINUTE',
    doc: ['Reads that a client may make in a minute; 0: no limit. Default: 600.'],
    example: '600',
  },
  {
    name: 'PENSTOCK_WRITES_PER_MINUTE',
    doc: ['Writes (feedback, help, heartbeats) that a client may make in a minute; 0: no limit. Default: 30.'],
    example: '30',
  },
  {
    name: 'PENSTOCK_STREAMS_PER_MINUTE',
    doc: ['Streams that a client may open in a minute; 0: no limit. Default: 60.'],
    example: '60',
  },
  {
    name: 'PENSTOCK_VERIFY_KEY',
    doc: ['Key of the service that verify --base-url looks at, where it is not given with --key. It is a secret.'],
    example: '',
  },
  {
    name: 'LLM_ENABLED',
    doc: [
      'true: the llm endpoints ask a language model. Default: false, and they answer 503.',
      'It needs LLM_BASE_URL, LLM_MODEL and approved prompts: see docs/operations/llm.md.',
    ],
    example: 'true',
  },
  {
    name: 'LLM_BASE_URL',
    doc: ["Server that speaks OpenAI's protocol (chat completions), with its version: up to /v1."],
    example: 'https://api.openai.com/v1',
  },
  { name: 'LLM_API_KEY', doc: ['Key for that server. It is a secret. Unset: none is sent.'], example: '' },
  { name: 'LLM_MODEL', doc: ['Model to ask.'], example: 'gpt-4o-mini' },
  {
    name: 'LLM_MAX_RPM',
    doc: ['Questions that a client (address and key) may ask in a minute. Default: 30.'],
    example: '30',
  },
  {
    name: 'LLM_CACHE_TTL_MIN',
    doc: ['Minutes for which the same question about the same data gets the same answer; 0: never. Default: 15.'],
    example: '15',
  },
  { name: 'LLM_TIMEOUT_S', doc: ['Seconds that an answer may take, 1 to 300. Default: 60.'], example: '60' },
  {
    name: 'LLM_PRICES',
    doc: [
      'USD for a million tokens in and out, by model: JSON, or a file that holds it. Unset: costs are not known and are null.',
    ],
    example: '{"gpt-4o-mini": {"in": 0.15, "out": 0.6}}',
  },
  {
    name: 'LLM_MONTHLY_USD',
    doc: ['Most that questions may cost in a calendar month (UTC), in USD. It needs LLM_PRICES. Unset: no cap.'],
    example: '50',
  },
  { name: 'LOG_LEVEL', doc: ['What is logged to stderr: debug, info, warn or error. Default: info.'], example: 'info' },
  { name: 'NO_COLOR', doc: ['Any value: no colours on a terminal (https://no-color.org).'], example: '1' },
];

/** The variables of penstock itself, and the keys that the definitions' publishers name. */
export function variablesOf(catalog: Pick<Catalog, 'publishers'>): Variable[] {
  const keys = [...catalog.publishers.values()].flatMap(({ title, credentials }) =>
    credentialVariables(credentials).map((name) => ({
      name,
      doc: credentialDoc(title, name, credentials),
      example: '',
    })),
  );
  return [...VARIABLES, ...keys.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** What a variable of a publisher's credentials is for, also which others it goes with or stands for. */
function credentialDoc(title: string, name: string, credentials: Credentials | undefined): string[] {
  if (credentials === undefined) return [];
  const needed = credentials.required ? 'Needed' : 'Not needed, but more is answered with it';
  const ways = credentialVariables(credentials).length === 1 ? [] : [`Ways to sign in: ${waysIn(credentials)}.`];
  return [
    `${name.toLowerCase().includes('user') ? 'User name' : 'Key'} for ${title}. ${needed}. Get one at ${credentials.getOneAt}`,
    ...ways,
  ];
}

/** The text of `.env.example`. */
export function exampleText(variables: readonly Variable[]): string {
  const blocks = variables.map(({ name, doc, example }) =>
    [...doc.map((line) => `# ${line}`), `# ${name}=${example}`].join('\n'),
  );
  return `# Copy to .env and take away the # where you want to set something. Variables of the shell win over this file.\n\n${blocks.join('\n\n')}\n`;
}

/** The shell's variables over those of `.env` in `folder`; empty ones count as not set. */
export function readEnvironment(folder: string, shell: Environment = processEnv): Environment {
  const file = join(folder, '.env');
  const fromFile = existsSync(file) ? parse(readFileSync(file)) : {};
  const set = (variables: Environment): [string, string | undefined][] =>
    Object.entries(variables).filter(([, value]) => value !== '');
  return Object.fromEntries([...set(fromFile), ...set(shell)]);
}
