/** The rollout's own tool, Supabase's command line, against a stand-in for Supabase's servers on this machine: what it uploads of a gathered project. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { edgeFunctions } from '../../deploy/supabase/functions-of.ts';
import { gather } from '../../deploy/supabase/generate.ts';
import { reachedFrom, ROOT } from '../../deploy/supabase/reached.ts';
import { SHARED } from '../../deploy/supabase/texts.ts';

interface Uploaded {
  readonly slug: string;
  readonly metadata: {
    readonly verify_jwt: boolean;
    readonly entrypoint_path: string;
    readonly import_map_path: string;
  };
  readonly files: readonly string[];
}

const uploads: Uploaded[] = [];
const deleted: string[] = [];
let supabase: Server;
let folder = '';

/** Takes uploads, and says that the project has a function of somebody else. */
function standIn(): Server {
  return createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const body = Buffer.concat(parts).toString('latin1');
      const answer = (status: number, value: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      };
      if (request.method === 'POST' && url.pathname.endsWith('/functions/deploy')) {
        const slug = url.searchParams.get('slug') ?? '';
        uploads.push({
          slug,
          metadata: JSON.parse(/name="metadata"\r\n\r\n(.*?)\r\n/s.exec(body)?.[1] ?? '{}') as Uploaded['metadata'],
          files: [...body.matchAll(/name="file"; filename="([^"]+)"/g)].map(([, name = '']) => name),
        });
        answer(201, described(slug));
      } else if (request.method === 'GET' && url.pathname.endsWith('/functions'))
        answer(200, [described('somebody-elses')]);
      else if (request.method === 'DELETE') {
        deleted.push(url.pathname.split('/').at(-1) ?? '');
        answer(200, {});
      } else if (request.method === 'PUT') answer(200, { functions: [] });
      else answer(404, { message: 'not here' });
    });
  });
}

function described(slug: string): object {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    slug,
    name: slug,
    version: 1,
    status: 'ACTIVE',
    created_at: 1,
    updated_at: 1,
    verify_jwt: false,
  };
}

/** The line of the workflow, with the values that it has there. */
function typedCommand(): string {
  const workflow = parse(readFileSync(join(ROOT, '.github/workflows/deploy-supabase.yml'), 'utf8')) as {
    jobs: { functions: { steps: { run?: string }[] } };
  };
  const line = workflow.jobs.functions.steps.find(({ run }) => run?.startsWith('npx supabase'))?.run;
  if (line === undefined) throw new Error('the workflow does not call supabase');
  return line.replace('"$RUNNER_TEMP/project"', folder).replace('"$PROJECT"', 'abcdefghijklmnopqrst');
}

beforeAll(async () => {
  supabase = standIn();
  await new Promise<void>((done) => supabase.listen(0, '127.0.0.1', done));
  folder = mkdtempSync(join(tmpdir(), 'penstock-upload-'));
});
afterAll(() => {
  supabase.close();
  rmSync(folder, { recursive: true, force: true });
});

it('every function is uploaded with all files that it imports, open at the gateway; functions that are not ours stay', async () => {
  const functions = edgeFunctions();
  await gather(folder, functions);
  const api = `http://127.0.0.1:${(supabase.address() as AddressInfo).port}`;
  writeFileSync(
    join(folder, 'profile.yaml'),
    `name: local\napi_url: ${api}\ndashboard_url: ${api}\nproject_host: localhost\n`,
  );
  const [, , ...words] = typedCommand().split(' ');
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/.bin/supabase'), '--profile', join(folder, 'profile.yaml'), '--agent', 'no', ...words],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        SUPABASE_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
        // Of the form that it wants, and of no account.
        SUPABASE_ACCESS_TOKEN: ['sbp', '0'.repeat(40)].join('_'),
      },
    },
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  expect(code, said.slice(-2_000)).toBe(0);
  expect(uploads.map(({ slug }) => slug).toSorted()).toEqual(functions.map(({ name }) => name));
  const shared = reachedFrom(SHARED).files.map((file) =>
    file.startsWith('deploy/supabase/') ? file.slice('deploy/'.length) : `supabase/functions/_shared/penstock/${file}`,
  );
  const below = (room: string): string[] =>
    readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `supabase/functions/_shared/penstock/${relative(ROOT, join(entry.parentPath, entry.name))}`);
  for (const { slug, metadata, files } of uploads) {
    expect(metadata, slug).toMatchObject({
      verify_jwt: false,
      entrypoint_path: `supabase/functions/${slug}/index.ts`,
      import_map_path: 'supabase/functions/deno.json',
    });
    const wanted = [
      'supabase/functions/deno.json',
      `supabase/functions/${slug}/index.ts`,
      ...shared,
      ...below('data/prompts'),
      ...(['api', 'ready'].includes(slug) ? below('sql/migrations') : []),
    ];
    expect(
      wanted.filter((name) => !files.includes(name)),
      slug,
    ).toEqual([]);
    expect(
      files.filter((name) => /\.env|node_modules/.test(name)),
      slug,
    ).toEqual([]);
  }
  expect(deleted).toEqual([]);
}, 180_000);
