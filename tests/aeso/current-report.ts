/** A small Current Supply Demand report in the publisher's format, whose parts a test may change. */

export interface Parts {
  readonly updated?: string;
  readonly summary?: readonly (readonly [string, string])[];
  readonly fuels?: readonly string[];
  readonly paths?: readonly string[];
  readonly assets?: readonly string[];
}

/** A small report in the publisher's format: sections between CRLF lines, lines inside them ended by LF. */
export function currentReport(parts: Parts = {}): string {
  const {
    updated = 'Sep 22, 2023 12:10',
    summary = [
      ['Alberta Total Net Generation', '150'],
      ['Net Actual Interchange', '-20'],
      ['Alberta Internal Load (AIL)', '170'],
      ['Net-To-Grid Generation', '120'],
      ['Contingency Reserve Required', '10'],
      ['Dispatched Contingency Reserve (DCR)', '12'],
      ['Dispatched Contingency Reserve -Gen', '11'],
      ['Dispatched Contingency Reserve -Other', '1'],
    ],
    fuels = ['"GAS","200","100","11"', '"WIND","80","50","0"', '"TOTAL","280","150","11"'],
    paths = ['"British Columbia","30"', '"Montana","-50"', '"TOTAL","-20"'],
    assets = [
      '"<center><b>Simple Cycle</b></center>"\n"ASSET","MC","TNG","DCR"\n"One (ONE1)^","150","60","11"\n"Two  (TWO2 )","50","40","0"',
      '"Breeze (BRZ1)*","80","50","0"',
    ],
  } = parts;
  return [
    'Current Supply Demand Report\r\n\r',
    `\r\n"Last Update : ${updated}"`,
    summary.map((pair) => `"${pair[0]}","${pair[1]}"`).join('\n'),
    fuels.join('\n'),
    paths.join('\n'),
    ...assets,
    '',
  ].join('\r\n\r\n');
}
