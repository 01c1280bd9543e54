// Draws the console's symbols (MIL-STD-2525D, by milsymbol) into one SVG sheet and looks at none of
// them for you: open the sheet after a change. Rows are identities, columns are classes.
import { writeFileSync } from "node:fs";
import ms from "milsymbol";

// Colours are the console's own: told apart under three kinds of colour blindness (tests/e2e), and
// suspect is not hostile's red. Frame shapes and dashes are the standard's.
const IDENTITIES = [
  ["0", "#e8c547"], // pending
  ["1", "#f4dd6b"], // unknown
  ["2", "#7cc7ff"], // assumed friend
  ["3", "#4db5ff"], // friend
  ["4", "#5fd69a"], // neutral
  ["5", "#ffa347"], // suspect
  ["6", "#ff6b74"], // hostile
];
// Symbol set, entity, first and second modifier of each class; a bird has no symbol in the standard.
const CLASSES = [
  ["01", "000000", "00", "00"], // unknown
  ["01", "110400", "00", "00"], // multirotor: unmanned, vertical take-off
  ["01", "110300", "00", "00"], // fixed-wing drone: unmanned
  ["01", "110300", "01", "00"], // one-way attack: unmanned, attack
  ["01", "000000", "00", "00"], // bird: a gull of our own in the frame
  ["01", "120100", "00", "03"], // light aircraft: civil fixed wing, light
  ["01", "110200", "00", "00"], // helicopter: rotary wing
  ["01", "120100", "00", "01"], // airliner: civil fixed wing, heavy
  ["02", "110000", "00", "00"], // rocket or mortar: missile
  ["01", "110500", "00", "00"], // balloon: lighter than air
];
const CELL = 176; // of milsymbol's units; the frame's centre is at (100, 100)
const GULL =
  '<path d="M66,98 Q84,76 100,100 Q116,76 134,98" fill="none" stroke="black" stroke-width="8" stroke-linecap="round"/>';

let body = "";
for (const [row, [identity, fill]] of IDENTITIES.entries()) {
  for (const [column, [set, entity, first, second]] of CLASSES.entries()) {
    const code = `100${identity}${set}0000${entity}${first}${second}`;
    const outlined = identity >= "5";
    const symbol = new ms.Symbol(code, {
      size: 100,
      fillColor: fill,
      strokeWidth: 5,
      outlineColor: outlined ? "#ffffff" : "#0b1118",
      outlineWidth: outlined ? 7 : 5,
    });
    if (!symbol.isValid()) throw new Error(`no symbol ${code}`);
    const inner = symbol.asSVG().replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "");
    body +=
      `<svg x="${column * CELL}" y="${row * CELL}" width="${CELL}" height="${CELL}" ` +
      `viewBox="12 12 ${CELL} ${CELL}">${inner}${column === 4 ? GULL : ""}</svg>\n`;
  }
}
const width = CLASSES.length * CELL;
const height = IDENTITIES.length * CELL;
const sheet =
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
  `viewBox="0 0 ${width} ${height}">\n${body}</svg>\n`;
writeFileSync(new URL("src/symbols.svg", import.meta.url), sheet);
console.log(`${IDENTITIES.length * CLASSES.length} symbols, ${sheet.length} bytes`);
