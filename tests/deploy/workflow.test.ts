/** The rollout to Supabase: every command that it runs exists, it stops where something fails, and it turns no flag on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { callsIn, unknownWords } from './command-line.ts';
import { ROOT } from './linters.ts';

interface Job {
  readonly needs?: string | string[];
  readonly if?: string;
  readonly environment?: string;
  readonly env?: Record<string, string>;
  readonly 'timeout-minutes': number;
  readonly steps: { uses?: string; run?: string; if?: string; 'continue-on-error'?: boolean }[];
}

const text = readFileSync(join(ROOT, '.github/workflows/deploy-supabase.yml'), 'utf8');
const workflow = parse(text) as { on: object; permissions: object; jobs: Record<string, Job> };
const runs = (job: Job | undefined): string[] => (job?.steps ?? []).flatMap(({ run }) => run ?? []);
const everyRun = Object.values(workflow.jobs).flatMap(runs);
const faultsIn = (commands: readonly string[]): string[] => callsIn(commands.join('\n')).flatMap(unknownWords);

describe('the workflow', () => {
  it('calls commands and options of ours that exist', () => {
    expect(callsIn(everyRun.join('\n')).map((words) => words.slice(0, 2).join(' '))).toEqual([
      'db status',
      'db migrate',
      'db seed',
      'verify --base-url',
    ]);
    expect(faultsIn(everyRun)).toEqual([]);
  });

  it.each([
    ['npm run pipeline -- verify --base-uri x', 'option --base-uri of verify'],
    ['npm run --silent pipeline -- db migrat', 'command migrat'],
    ['npm run pipeline -- verified', 'command verified'],
  ])('%s would be found', (command, fault) => {
    expect(faultsIn([command])).toEqual([fault]);
  });

  it('calls scripts of package.json that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = everyRun.flatMap((run) => [...run.matchAll(/npm run (?:--silent )?(\S+)/g)].map(([, name]) => name));
    expect(named).toContain('functions');
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('goes on only after what was before, and hides no failure', () => {
    const { jobs } = workflow;
    expect(Object.entries(jobs).map(([name, { needs }]) => [name, needs])).toEqual([
      ['test', undefined],
      ['migrate', 'test'],
      ['functions', 'migrate'],
      ['verify', 'functions'],
      ['rollback', ['test', 'migrate', 'functions', 'verify']],
    ]);
    expect(jobs['rollback']?.if).toBe('failure()');
    for (const job of Object.values(jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const step of job.steps) expect(step['continue-on-error']).toBeUndefined();
    }
    expect(everyRun.join('\n')).not.toMatch(/\|\| true|set \+e/);
  });

  it('turns no flag on, and is started by hand alone', () => {
    expect(callsIn(everyRun.join('\n')).filter(([command]) => command === 'flags')).toEqual([]);
    expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch']);
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('gives secrets to jobs of an environment, and none to a command line', () => {
    for (const [name, { env = {}, environment }] of Object.entries(workflow.jobs))
      if (JSON.stringify(env).includes('secrets.')) expect(environment, name).toContain('inputs.environment');
    // What a person types comes as a variable: pasted into a script it could be a script.
    expect(everyRun.filter((run) => run.includes('${{'))).toEqual([]);
  });

  it('uses actions of a pinned version', () => {
    const uses = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses: action }) => action ?? []));
    for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@v\d+$/);
  });
});
