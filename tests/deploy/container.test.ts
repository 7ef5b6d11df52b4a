/** The container's files: what linters and schemas say of them, and what we promise of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VARIABLES } from '../../cli/environment.ts';
import { unknownWords } from './command-line.ts';
import { composeLintFaults, composeSchemaFaults, dockerfileFaults, ROOT } from './linters.ts';

const read = (name: string): string => readFileSync(join(ROOT, 'deploy', name), 'utf8');
const dockerfile = read('Dockerfile');
const composeText = read('compose.yaml');

describe('the Dockerfile', () => {
  const file = DockerfileParser.parse(dockerfile);
  const instructions = file.getInstructions();
  const last = instructions.findLastIndex((one) => one.getKeyword() === 'FROM');
  const final = instructions.slice(last);
  const argumentsOf = (keyword: string): string[] =>
    final.filter((one) => one.getKeyword() === keyword).map((one) => one.getRawArgumentsContent() ?? '');

  it('is without a fault', () => {
    expect(dockerfileFaults(dockerfile)).toEqual([]);
  });

  it.each([
    ['an instruction that does not exist', dockerfile.replace('EXPOSE 8080', 'EXPOSES 8080')],
    ['a flag that does not exist', dockerfile.replace('--start-period', '--started')],
    ['a second start command', dockerfile.replace('EXPOSE 8080', 'ENTRYPOINT ["node"]')],
  ])('with %s it is not', (_fault, text) => {
    expect(dockerfileFaults(text)).not.toEqual([]);
  });

  it('builds on one base image of a pinned version', () => {
    const [first] = instructions;
    expect(first?.getRawArgumentsContent()).toMatch(/^NODE_IMAGE=node:\d+\.\d+\.\d+-[a-z]+-slim$/);
    for (const one of instructions.filter((each) => each.getKeyword() === 'FROM'))
      expect(one.getRawArgumentsContent()).toMatch(/^\$\{NODE_IMAGE\}( AS [a-z]+)?$/);
  });

  it('runs as a user without rights, named by number, from the exec form', () => {
    expect(argumentsOf('USER')).toEqual(['1000:1000']);
    expect(JSON.parse(argumentsOf('ENTRYPOINT')[0] ?? '')).toEqual(['node', '/app/dist/cli/main.js']);
    expect(unknownWords(JSON.parse(argumentsOf('CMD')[0] ?? '') as string[])).toEqual([]);
    expect(argumentsOf('HEALTHCHECK')[0]).toContain('/health');
  });

  it('takes nothing of the checkout but the program, and bakes in no variable of ours', () => {
    const copies = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ')).match(/^(COPY|ADD) .*/gm);
    expect(copies).toEqual([
      'COPY --from=packages /app/node_modules ./node_modules',
      'COPY --from=build /src/dist ./dist',
      'COPY LICENSE ./',
    ]);
    const baked = instructions
      .filter((one) => ['ARG', 'ENV'].includes(one.getKeyword()))
      .map((one) => one.getRawArgumentsContent() ?? '')
      .join(' ');
    const ours = VARIABLES.map(({ name }) => name).filter((name) => name !== 'NO_COLOR');
    expect(ours.filter((name) => baked.includes(name))).toEqual([]);
  });

  it('sees no .env and no data of the checkout while it is built', () => {
    const lines = read('Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    expect(lines.slice(-2)).toEqual(['**/.env', '**/.env.*']);
    const seen = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(seen.filter((name) => /^(data|deploy|docs|tests|node_modules|\.git|\.env.*)$/.test(name))).toEqual([]);
    const { include } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.build.json'), 'utf8')) as { include: string[] };
    const [, rooms = ''] = /^const ROOMS = \[([^\]]+)\]/m.exec(readFileSync(join(ROOT, 'build.ts'), 'utf8')) ?? [];
    const carried = [...rooms.matchAll(/'([^']+)'/g)].map(([, room = '']) => room);
    expect(carried).toContain('sql');
    // What the build wants to read and does not find breaks it.
    expect([...include, ...carried].filter((room) => !seen.includes(room))).toEqual([]);
  });
});

interface Service {
  readonly image: string;
  readonly command?: string[];
  readonly ports?: string[];
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly environment?: Record<string, string>;
  readonly env_file?: { path: string }[];
  readonly networks?: string[];
  readonly volumes?: string[];
  readonly healthcheck?: object;
  readonly depends_on?: Record<string, { condition: string }>;
}

describe('the compose file', () => {
  const compose = parse(composeText, { merge: true }) as { services: Record<string, Service> };
  const { services } = compose;
  const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('penstock:'));

  it('is what the specification asks for, and its linter finds nothing', () => {
    expect(composeSchemaFaults(composeText)).toEqual([]);
    expect(composeLintFaults(composeText)).toEqual([]);
  });

  it.each([
    ['a key that does not exist', composeText.replace('stop_grace_period: 120s', 'stop_after: 120s')],
    ['a condition that does not exist', composeText.replace('service_completed_successfully', 'service_done')],
  ])('with %s it is not', (_fault, text) => {
    expect(composeSchemaFaults(text)).not.toEqual([]);
  });

  it.each([
    ['an image of no version', composeText.replace('postgres:18.4-bookworm', 'postgres')],
    ['a port twice', composeText.replace("'0.0.0.0:443:443'", "'0.0.0.0:80:443'")],
  ])('with %s its linter says so', (_fault, text) => {
    expect(composeLintFaults(text)).not.toEqual([]);
  });

  it('runs commands that exist', () => {
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'schedule', 'serve']);
    for (const [name, { command = [] }] of ours) expect(unknownWords(command), name).toEqual([]);
  });

  it('lets nobody in but through the proxy', () => {
    for (const [name, { ports }] of Object.entries(services)) expect(ports === undefined, name).toBe(name !== 'caddy');
    expect(services['database']?.networks).toEqual(['back']);
    expect(services['caddy']?.networks).toEqual(['front']);
  });

  it('gives our containers no rights, a root file system that nobody writes, and serve a data folder that it only reads', () => {
    for (const [name, service] of ours) expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(services['serve']?.volumes).toEqual(['data:/data:ro']);
  });

  it('has no secret in it: passwords come from a file, and it says which one is missing', () => {
    for (const { environment = {} } of Object.values(services))
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|KEY$|SECRET|TOKEN/.test(name)) expect(value, name).toMatch(/^\$\{[A-Z_]+:\?/);
  });

  it('starts what loads and what serves only after the migration has succeeded', () => {
    for (const name of ['schedule', 'serve'])
      expect(services[name]?.depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } });
  });

  it('names only variables that the program or the other images read', () => {
    const known = [...VARIABLES.map(({ name }) => name), 'POSTGRES_PASSWORD', 'PENSTOCK_SITE', 'AESO_API_KEY'];
    const named = [...`${composeText}${read('env.example')}`.matchAll(/\b(?:PENSTOCK|CORS|AESO|DATABASE)_[A-Z_]+\b/g)];
    expect(named.map(([name]) => name).filter((name) => !known.includes(name))).toEqual([]);
  });
});
