-- Alberta's prices by instant, with hours that a migration filled with random numbers.
create table public.alberta_grid_prices (
  "timestamp" timestamptz primary key, pool_price_cad_per_mwh numeric, forecast_price_cad_per_mwh numeric, energy_price_cad_per_mwh numeric,
  ancillary_services_price_cad_per_mwh numeric, market_demand_mw numeric, data_source text, data_quality text check (data_quality in ('Real-time', 'Forecast', 'Backfilled', 'Estimated'))
);
insert into public.alberta_grid_prices ("timestamp", pool_price_cad_per_mwh, data_source, data_quality) values
  ('2025-10-01T00:00Z', 45.12, 'aeso', 'Real-time'), ('2025-10-01T01:00Z', 61.8, 'aeso', 'Backfilled'), ('2025-10-01T02:00Z', 51, null, 'Real-time');
