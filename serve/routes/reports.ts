/** `/reports`: the runs, and the files of each. */
import { Hono } from 'hono';
import { INDEX_LIMIT } from '../../reports/index-page.ts';
import { pageAnswer } from '../answers.ts';
import type { ServeDependencies } from '../dependencies.ts';
import { runsPage } from '../pages/runs.ts';
import { readReportFile, readRuns } from '../report-files.ts';
import { REPORT_POLICY } from '../security.ts';

export function reportRoutes({ reportsDir }: Pick<ServeDependencies, 'reportsDir'>): Hono {
  const routes = new Hono();
  routes.get('/reports', async (c) => pageAnswer(c, runsPage(await readRuns(reportsDir, INDEX_LIMIT))));
  // Where the links of a report lead that was made to lie in a folder.
  for (const path of ['/reports/', '/reports/index.html']) routes.get(path, (c) => c.redirect('/reports', 301));
  routes.get('/reports/:run/:file', async (c) => {
    const { bytes, type } = await readReportFile(reportsDir, c.req.param('run'), c.req.param('file'));
    return c.body(bytes, 200, {
      'Content-Type': type,
      'Content-Security-Policy': REPORT_POLICY,
      'Cache-Control': 'no-cache',
    });
  });
  return routes;
}
