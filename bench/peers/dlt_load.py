"""dlt as a contestant: arguments are the database URL and the Parquet files; loads into public.series."""

import sys

import dlt
import pyarrow.parquet as pq

url, *files = sys.argv[1:]


@dlt.resource(name="series", write_disposition="append")
def series():
    for file in files:
        yield pq.read_table(file)


pipeline = dlt.pipeline(
    pipeline_name="penstock_bench",
    pipelines_dir=f"{files[0]}.dlt",
    destination=dlt.destinations.postgres(url),
    dataset_name="public",
)
pipeline.run(series(), loader_file_format="csv")
