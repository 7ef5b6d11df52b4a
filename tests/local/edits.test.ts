/** Bad rows, broken references and rows that an administrator edited, in copies of the reference files. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunResult } from '../../engine/run.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';
import { type ReferenceWorld, referenceWorld } from './reference-world.ts';

describe.each(testServers())('on $name', (server) => {
  let database: FreshDatabase;
  let world: ReferenceWorld;
  beforeEach(async () => {
    database = await freshDatabase(server);
    world = await referenceWorld(database.pool);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    await database.drop();
  });

  const outcomeOf = (result: RunResult, id: string): Readonly<Record<string, number>> | undefined =>
    result.report.datasets.find((dataset) => dataset.id === id)?.outcomes;
  const refused = (): Promise<{ line: number; reason: string }[]> =>
    database.pool.query('select line::int, reason from etl.quarantine where resolved_at is null order by line');

  test('a mitigation against an unknown threat is refused with a message that names file and value, the others load', async () => {
    await world.change('mitigation_strategies.csv', ',extreme-cold,', ',extreme-heat,');
    const result = await world.load();
    expect(outcomeOf(result, 'local-mitigation-strategies')).toEqual({ loaded: 1 });
    const [refusal] = result.report.datasets.flatMap(({ rejected }) => rejected);
    expect(refusal?.reason).toContain(
      'threat extreme-heat, expected the slug of a row of data/reference/threat_models.csv',
    );
    expect(refusal?.line).toBe(3);
    const slugs = await database.pool.query<{ slug: string }>('select slug from public.mitigation_strategies');
    expect(slugs).toHaveLength(13);
    expect(slugs).not.toContainEqual({ slug: 'cold-weather-preparedness-plan' });
  });

  test('a mitigation whose threat was refused is refused too', async () => {
    await world.change('threat_models.csv', ',cyber,Denial of service,', ',cyberspace,Denial of service,');
    const result = await world.load();
    const rejected = result.report.datasets.find(({ id }) => id === 'local-mitigation-strategies')?.rejected;
    expect(rejected?.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^related_threat: [0-9a-f-]{36} is no id of public\.threat_models$/),
    ]);
  });

  test('a stream whose publisher is not known is refused with column and value', async () => {
    await world.change('streams.csv', ',ieso,Ontario,', ',hydro-one,Ontario,');
    const result = await world.load();
    const stream = result.report.datasets.find(({ id }) => id === 'local-stream-manifest');
    expect(stream?.rejected.map(({ reason }) => reason)).toEqual([
      'provider: hydro-one is no publisher of public.data_sources',
    ]);
    expect(await database.pool.query('select count(*)::int as n from public.stream_manifest')).toEqual([{ n: 4 }]);
  });

  test('rows that break the contract are refused with their line and the reason, the others load', async () => {
    await world.change('threat_models.csv', ',cyber,Denial of service,', ',cyberspace,Denial of service,');
    await world.change('weather_place_station.csv', '2013-06-11T05:00:00Z,,6158731', '2013-06-11,,6158731');
    await world.change('stations.csv', ',43.68,', ',143.68,');
    await world.change('enumerations.csv', ',Coal,1', ',Coal,first');
    await world.change('provenance_types.csv', 'synthetic,Synthetic,synthetic,,', 'synthetic,Synthetic,synthetic,2,');
    // What refers to a refused threat would fail: none does here.
    await world.change('mitigation_strategies.csv', ',denial-of-service,', ',,');
    const result = await world.load();
    expect(result.report.datasets.flatMap(({ intervals }) => intervals.flatMap(({ error }) => error ?? []))).toEqual(
      [],
    );
    const reasons = (await refused()).map(({ reason }) => reason).sort();
    expect(reasons).toEqual([
      'notNull(valid_from): null, expected valid_from must have a value',
      'oneOf(category): cyberspace, expected category one of cyber, physical, supply_chain, geopolitical, natural_disaster',
      'position: first is not a whole number (int4)',
      'range(latitude, -90, 90): 143.68, expected latitude between -90 and 90',
      'range(reliability_score, 0, 1): 2.00, expected reliability_score between 0 and 1',
    ]);
    const [{ n = 0 } = {}] = await database.pool.query<{ n: number }>(
      'select count(*)::int as n from public.threat_models',
    );
    expect(n).toBe(10);
  });

  test('a number that nobody answers for is refused', async () => {
    await world.change(
      'threat_models.csv',
      /,,,,,,"MITRE ATT&CK for ICS, technique T0855/,
      ',high,0.8,0.9,,,"MITRE ATT&CK for ICS, technique T0855',
    );
    await world.change('mitigation_strategies.csv', ',unauthorized-command-message,', ',,');
    await world.change(
      'mitigation_strategies.csv',
      /,,,,,,,,"NERC Reliability Standard CIP-009-6/,
      ',,,0.75,,,,,"NERC Reliability Standard CIP-009-6',
    );
    await world.load();
    expect((await refused()).map(({ reason }) => reason).sort()).toEqual([
      expect.stringContaining('likelihood 0.80, impact 0.90, severity high'),
      expect.stringContaining('effectiveness 0.75'),
    ]);
  });

  test('a number with its author is loaded', async () => {
    await world.change(
      'threat_models.csv',
      /,,,,,,"MITRE ATT&CK for ICS, technique T0855/,
      ',high,0.8,0.9,"A. Example, workshop of 2026-11-01",,"MITRE ATT&CK for ICS, technique T0855',
    );
    await world.load();
    expect(await refused()).toEqual([]);
    expect(
      await database.pool.query(
        `select severity, likelihood::float8, impact::float8, assessed_by from public.threat_models where likelihood is not null`,
      ),
    ).toEqual([{ severity: 'high', likelihood: 0.8, impact: 0.9, assessed_by: 'A. Example, workshop of 2026-11-01' }]);
  });

  test('periods of a place that overlap are refused', async () => {
    await world.change(
      'weather_place_station.csv',
      'Toronto Pearson,,2013-06-11T05:00:00Z,',
      'Toronto Pearson,,2014-06-11T05:00:00Z,',
    );
    await world.load();
    expect((await refused()).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('no other period of the place within it'),
      expect.stringContaining('no other period of the place within it'),
    ]);
  });

  test('a row that an administrator edited stays, and the run says so', async () => {
    await world.load();
    await database.pool.query(`update public.data_sources set notes = 'Ask Kim before use' where publisher = 'aeso'`);
    await world.change('sources.csv', 'none of a Canadian system operator', 'no Canadian system operator');
    await world.change(
      'sources.csv',
      /The key is free and for the API only/,
      'The key costs nothing and is for the API only',
    );
    const result = await world.load();
    expect(
      await database.pool.query(
        `select publisher, notes from public.data_sources where publisher in ('aeso', 'huggingface') order by 1`,
      ),
    ).toEqual([
      { publisher: 'aeso', notes: 'Ask Kim before use' },
      { publisher: 'huggingface', notes: expect.stringContaining('no Canadian system operator') },
    ]);
    const report = JSON.stringify(result.report.datasets.find(({ id }) => id === 'local-data-sources'));
    expect(report).toMatch(/kept/i);
    expect(report).toContain('aeso');
  });

  test('a change of a file closes the old version of its row, and as_of still shows it', async () => {
    await world.load();
    const [{ known = '' } = {}] = await database.pool.query<{ known: string }>(
      'select clock_timestamp()::text as known',
    );
    await world.change('consultation_event_types.csv', 'A participant is typing', 'Somebody is typing');
    await world.load();
    expect(
      await database.pool.query(
        `select description from public.consultation_event_types where event_type = 'typing_indicator'`,
      ),
    ).toEqual([{ description: 'Somebody is typing' }]);
    expect(
      await database.pool.query(
        `select description from as_of(null::public.consultation_event_types, $1) where event_type = 'typing_indicator'`,
        [known],
      ),
    ).toEqual([{ description: 'A participant is typing' }]);
  });

  test('the weather of a place is the same before and after its stations come from a file', async () => {
    const periods = (): Promise<unknown[]> =>
      database.pool.query(
        'select place, station_id, valid_from::text, valid_until::text from public.weather_place_station order by 1, 3',
      );
    const before = await periods();
    await world.load({ ids: ['local-weather-place-station'] });
    expect(await periods()).toEqual(before);
    // From now on they come from the file, and nobody has to ask where from.
    expect(
      await database.pool.query(
        'select distinct a.url from public.weather_place_station join etl.load using (load_id) join etl.artifact a using (artifact_id)',
      ),
    ).toEqual([{ url: 'local://reference/weather_place_station.csv' }]);
    expect(before).toHaveLength(5);
  });
});
