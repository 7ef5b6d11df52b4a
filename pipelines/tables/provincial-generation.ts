/** `provincial_generation`: monthly electricity by province, producer and kind, at the one level whose members do not overlap. */
import { date, measure, mwh, table, text } from '../../core/contract.ts';

/** Statistics Canada and the Kaggle copy of its table both write it, each under its own `source`; sum over one source only. */
export const provincialGeneration = table('public.provincial_generation', {
  period: text({ key: true, oneOf: ['month'], doc: 'Length of the period; all sources are monthly.' }),
  date: date({ key: true, doc: 'First day of the period.' }),
  province_code: text({
    key: true,
    pattern: '[A-Z]{2}',
    doc: 'Two letters: ON, AB … Canada, their total, is not in this table.',
  }),
  province: text({ required: true, doc: 'Name of the province or territory as published.' }),
  producer: text({ key: true, doc: 'Class of producer, lower case: electric utilities, industries.' }),
  generation_type: text({
    key: true,
    doc: 'Kind of generation, lower case: hydraulic turbine, nuclear steam turbine, combustible fuels … Totals and splits are in statcan_electricity_generation.',
  }),
  generation_gwh: measure('GWh', { doc: 'megawatt_hours / 1000.' }),
  megawatt_hours: mwh({
    range: [-50_000_000, 100_000_000],
    doc: 'Net generation of the period: negative where plants used more than they generated. NULL where the publisher withholds it.',
  }),
  source: text({
    key: true,
    oneOf: ['kaggle', 'statcan'],
    doc: 'Whose copy: statcan, or kaggle, which has no suppressed cells.',
  }),
  status: text({
    doc: "The publisher's symbol: .. not available, x confidential, F unreliable, ... not applicable, 0s rounded to zero, E with caution, p preliminary, r revised. NULL: none.",
  }),
});
