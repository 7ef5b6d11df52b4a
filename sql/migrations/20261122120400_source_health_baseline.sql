-- One row per publisher from the start: a source that was never asked says so, and is not absent.
insert into public.source_health (source_name, status, notes) values
  ('aeso', 'unknown', 'never asked'),
  ('eccc', 'unknown', 'never asked'),
  ('huggingface', 'unknown', 'never asked'),
  ('ieso', 'unknown', 'never asked'),
  ('kaggle', 'unknown', 'never asked'),
  ('local', 'unknown', 'never asked'),
  ('statcan', 'unknown', 'never asked')
on conflict (source_name) do nothing;
