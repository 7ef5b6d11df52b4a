/** Samples of the Hugging Face Hub: the answer about the data set, and its three Parquet files at the commit that the answer names. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Sample, SAYS_SO } from './sample.ts';

const REPO = 'EDS-lab/electricity-demand';
/** No commit of the repository: its digits say that it is made up. */
const COMMIT = '5a3f1e0000000000000000000000000000000000';
const RECORDED_AT = '2026-01-31T17:00:00Z';

/** Three days of made-up readings, far from any change of a clock. Whole numbers only, so that every machine computes the same. */
const FILES: Readonly<Record<'demand' | 'metadata' | 'weather', string>> = {
  metadata: `select * from (values
      ('sample-lisbon-1', 'penstock-sample', '1', 'eyckp', 38.72::float, -9.14::float, 'Lisbon', 'Europe/Lisbon', '60T', 'Residential', 1),
      ('sample-london-1', 'penstock-sample', '2', 'gcpvj', 51.51::float, -0.13::float, 'London', 'Europe/London', '30T', 'Residential', 1),
      ('sample-london-2', 'penstock-sample', '3', 'gcpvj', 51.51::float, -0.13::float, 'London', 'Europe/London', '30T', 'Commercial', 1),
      ('sample-copenhagen-1', 'penstock-sample', '4', 'u3but', 55.68::float, 12.57::float, 'Copenhagen', 'Europe/Copenhagen', '15T', 'Residential', 1)
    ) m(unique_id, dataset, building_id, location_id, latitude, longitude, location, timezone, freq, building_class, cluster_size)`,
  demand: `select unique_id, timestamp '2013-06-01' + to_minutes(step * n) as "timestamp",
      (100 + (n * 37 + length(unique_id) * 101) % 900)::double / 1000 as y
    from (values ('sample-lisbon-1', 60), ('sample-london-1', 30), ('sample-london-2', 30), ('sample-copenhagen-1', 15)) m(unique_id, step)
    cross join range(3 * 24 * 4) r(n) where n * step < 3 * 24 * 60 order by unique_id, n`,
  weather: `select location_id, timestamp '2013-06-01' + to_hours(h) as "timestamp",
      (100 + (h * 7) % 130)::float / 10 as temperature_2m, (40 + (h * 11) % 60)::float as relative_humidity_2m, 0::float as precipitation,
      ((h * 13) % 300)::float / 10 as wind_speed_10m,
      (case when h % 24 between 5 and 20 then (h % 24 - 5) * (20 - h % 24) * 14 else 0 end)::float as shortwave_radiation
    from (values ('eyckp'), ('gcpvj'), ('u3but')) l(location_id) cross join range(3 * 24) r(h) order by location_id, h`,
};

export async function huggingfaceSamples(): Promise<Sample[]> {
  const files: Sample[] = [];
  for (const [name, select] of Object.entries(FILES)) {
    files.push({
      url: `https://huggingface.co/datasets/${REPO}/resolve/${COMMIT}/data/${name}.parquet`,
      file: `huggingface.co/datasets/${REPO}/${name}.parquet`,
      contentType: 'application/octet-stream',
      body: await parquetOf(select),
      covers: `${name}: four made-up meters, 1 to 3 June 2013`,
      recordedAt: RECORDED_AT,
      saysSo: false,
    });
  }
  return [about(), ...files];
}

/** What the Hub says of the data set when it is asked for a revision, as far as anybody reads it. */
function about(): Sample {
  const expand = ['private', 'downloads', 'gated', 'likes', 'lastModified', 'sha'].map((field) => `expand=${field}`);
  const body = {
    _id: '000000000000000000000000',
    id: REPO,
    private: false,
    downloads: 0,
    gated: false,
    likes: 0,
    lastModified: '2024-06-20T00:00:00.000Z',
    sha: COMMIT,
    note: SAYS_SO,
  };
  return {
    url: `https://huggingface.co/api/datasets/${REPO}/revision/main?${expand.join('&')}`,
    file: `huggingface.co/api/datasets/${REPO}.json`,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(body)}\n`,
    covers: 'the commit that main is',
    recordedAt: RECORDED_AT,
    saysSo: true,
  };
}

async function parquetOf(select: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-sample-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const path = join(folder, 'sample.parquet');
    await connection.run(
      `copy (${select}) to '${path}' (format parquet, compression uncompressed, row_group_size 2048)`,
    );
    return await readFile(path);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}
