-- Generation in the shape of the file: months as text, full names, net generation below zero.
create table public.provincial_generation (
  date text, province text, producer text, generation_type text, megawatt_hours float8, source text, version text
);
insert into public.provincial_generation values
  ('2010-01', 'Ontario', 'Electric utilities', 'Hydraulic turbine', 3200000, 'kaggle', '1.0'), ('2010-01', 'Ontario', 'electric utilities', 'hydraulic turbine', 3100000, 'kaggle', '1.0'),
  ('2010-01', 'Nova Scotia', 'industries', 'combustible fuels', -116076, 'kaggle', '1.0'), ('2010-01', 'Canada', 'industries', 'combustible fuels', 5, 'kaggle', '1.0'),
  ('2010-13', 'Ontario', 'industries', 'solar', 5, 'kaggle', '1.0'), ('2010-01-15', 'Ontario', 'industries', 'solar', 5, 'kaggle', '1.0'), ('2010-02', 'Yukon', 'industries', 'solar', 5, null, '1.0');
