// The symbol sheet (MIL-STD-2525, drawn by sprite.mjs) as small bitmaps: one cell an identity and class.
import { IDENTITIES, plain } from "./words";
import type { Identity } from "./protocol";

const CELL = 176;
const COLUMNS = [
  "unknown", "multirotor", "fixed wing", "one way attack", "bird",
  "light aircraft", "helicopter", "airliner", "ballistic", "balloon",
];

export const SHEET = "/static/symbols.svg";
const sheet = new Image();
sheet.src = SHEET;
export const loaded: Promise<void> = sheet.decode();

let atlas: HTMLCanvasElement | null = null;
let atlasCell = 0;

function cell(identity: Identity, cls: string): [number, number] {
  return [Math.max(0, COLUMNS.indexOf(plain(cls))), IDENTITIES.indexOf(identity)];
}

/** Draw one symbol with its frame's centre at (x, y), `size` CSS pixels a cell. */
export function draw(
  ctx: CanvasRenderingContext2D, identity: Identity, cls: string, x: number, y: number, size: number,
): void {
  const px = Math.round(size * devicePixelRatio);
  if (!atlas || atlasCell < px) {
    if (!sheet.complete || sheet.naturalWidth === 0) return;
    atlas = document.createElement("canvas");
    atlas.width = px * COLUMNS.length;
    atlas.height = px * IDENTITIES.length;
    atlas.getContext("2d")?.drawImage(sheet, 0, 0, atlas.width, atlas.height);
    atlasCell = px;
  }
  const [column, row] = cell(identity, cls);
  const half = size / 2;
  ctx.drawImage(
    atlas, column * atlasCell, row * atlasCell, atlasCell, atlasCell, x - half, y - half, size, size,
  );
}

/** The part of the sheet to show in an <img>, for lists and panels. */
export function address(identity: Identity, cls: string): string {
  const [column, row] = cell(identity, cls);
  return `${SHEET}#svgView(viewBox(${column * CELL},${row * CELL},${CELL},${CELL}))`;
}
