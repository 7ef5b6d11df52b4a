-- grain: one row per hour and intertie
-- reads: raw, which has three columns for each intertie
-- params: none
-- note: the columns of the totals are compared by checks/intertie_year_totals.sql
select
  _line,
  ieso_hour_start("Date", "Hour") as hour,
  intertie,
  number_text(import_mw) as import_mw,
  number_text(export_mw) as export_mw,
  number_text(flow_mw) as flow_mw
from raw unpivot include nulls (
  (import_mw, export_mw, flow_mw) for intertie in (
    ("MANITOBA Imp", "MANITOBA Exp", "MANITOBA Flow") as 'MANITOBA',
    ("MANITOBA SK Imp", "MANITOBA SK Exp", "MANITOBA SK Flow") as 'MANITOBA SK',
    ("MICHIGAN Imp", "MICHIGAN Exp", "MICHIGAN Flow") as 'MICHIGAN',
    ("MINNESOTA Imp", "MINNESOTA Exp", "MINNESOTA Flow") as 'MINNESOTA',
    ("NEW-YORK Imp", "NEW-YORK Exp", "NEW-YORK Flow") as 'NEW-YORK',
    ("PQ.AT Imp", "PQ.AT Exp", "PQ.AT Flow") as 'PQ.AT',
    ("PQ.B5D.B31L Imp", "PQ.B5D.B31L Exp", "PQ.B5D.B31L Flow") as 'PQ.B5D.B31L',
    ("PQ.D4Z Imp", "PQ.D4Z Exp", "PQ.D4Z Flow") as 'PQ.D4Z',
    ("PQ.D5A Imp", "PQ.D5A Exp", "PQ.D5A Flow") as 'PQ.D5A',
    ("PQ.H4Z Imp", "PQ.H4Z Exp", "PQ.H4Z Flow") as 'PQ.H4Z',
    ("PQ.H9A Imp", "PQ.H9A Exp", "PQ.H9A Flow") as 'PQ.H9A',
    ("PQ.P33C Imp", "PQ.P33C Exp", "PQ.P33C Flow") as 'PQ.P33C',
    ("PQ.Q4C Imp", "PQ.Q4C Exp", "PQ.Q4C Flow") as 'PQ.Q4C',
    ("PQ.X2Y Imp", "PQ.X2Y Exp", "PQ.X2Y Flow") as 'PQ.X2Y'
  )
)
