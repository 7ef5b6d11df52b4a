/** Public holidays of a province: days on which people use electricity as on a Sunday. */
import Holidays from 'date-holidays';

const calendars = new Map<string, Holidays>();

/**
 * Dates (`YYYY-MM-DD`, the province's own clock) from the first to the last year. Optional days such as the Civic Holiday count, since most
 * people are off. Source: the package date-holidays, region CA.
 */
export function holidays(province: 'ON' | 'AB', firstYear: number, lastYear: number): string[] {
  const calendar = calendars.get(province) ?? new Holidays('CA', province);
  calendars.set(province, calendar);
  const dates = new Set<string>();
  for (let year = firstYear; year <= lastYear; year += 1) {
    for (const { date, type } of calendar.getHolidays(year))
      if (type === 'public' || type === 'optional') dates.add(date.slice(0, 10));
  }
  return [...dates].sort();
}
