// node fill.mjs exceljs|sheetjs FORM ANSWERS.json OUT: fills a form through its defined names, as a script of an
// entrant's might.  ANSWERS: name -> value, or a list of values downwards.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [library, form, answers, out] = process.argv.slice(2);
const require = createRequire(process.cwd() + "/");
const values = JSON.parse(readFileSync(answers, "utf8"));

// 'Sheet'!$B$7:$B$9 -> sheet, column letters, row
const place = (text) => {
  const [, quoted, bare, column, row] = /^(?:'((?:[^']|'')*)'|([^!]*))!\$?([A-Z]+)\$?(\d+)/.exec(text);
  return { sheet: quoted === undefined ? bare : quoted.replaceAll("''", "'"), column, row: Number(row) };
};
const cells = function* (reference) {
  for (const [name, value] of Object.entries(values)) {
    const { sheet, column, row } = place(reference(name));
    for (const [i, v] of [value].flat().entries()) yield { sheet, address: column + (row + i), value: v };
  }
};

if (library === "exceljs") {
  const book = new (require("exceljs").Workbook)();
  await book.xlsx.readFile(form);
  for (const c of cells((name) => book.definedNames.getRanges(name).ranges[0]))
    book.getWorksheet(c.sheet).getCell(c.address).value = c.value;
  await book.xlsx.writeFile(out);
} else {
  const xlsx = require("xlsx");
  const book = xlsx.readFile(form, { cellStyles: true });
  const named = new Map(book.Workbook.Names.map((n) => [n.Name, n.Ref]));
  for (const c of cells((name) => named.get(name)))
    xlsx.utils.sheet_add_aoa(book.Sheets[c.sheet], [[c.value]], { origin: c.address });
  xlsx.writeFile(book, out);
}
