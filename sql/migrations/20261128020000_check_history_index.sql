-- The results of one run of a dataset: a report shows what its checks found in the runs before, without reading all of history.

select adopted.set_aside('20261128020000', array['etl.check_result_dataset_run_idx']);

create index if not exists check_result_dataset_run_idx on etl.check_result (dataset, run_id);
