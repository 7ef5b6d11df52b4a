/** The files of this project: reference tables (`data/reference`) and help texts (`data/help`), loaded like anybody else's. */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: 'local',
  title: "This project's own files",
  // Folders of data/: local://reference/x.csv is data/reference/x.csv, local://help/ all documents of data/help.
  hosts: ['reference', 'help'],
  pace: { perSecond: 1_000, concurrent: 4 },
});
