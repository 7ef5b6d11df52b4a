-- Alberta's prices by a time without a zone.
create table public.alberta_grid_prices (
  id serial primary key, "timestamp" timestamp not null unique, pool_price_cad_per_mwh numeric(10,2), market_demand_mw numeric(10,2), data_source text, data_quality text
);
insert into public.alberta_grid_prices ("timestamp", pool_price_cad_per_mwh, data_source) values ('2025-10-01 00:00', 45.12, 'aeso'), ('2025-10-01 01:00', 48, 'aeso');
