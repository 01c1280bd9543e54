// Over the tracks: the mode's watermark, scale bar, north arrow, the cursor's place.
import type { Palette } from "../colours";
import type { Site, Terrain } from "../protocol";
import { bearing, degrees, distance } from "../words";
import { round125 } from "./ground";
import { unproject, type View } from "./view";
import { write } from "./works";

export interface OverInput {
  site: Site;
  mark: string;
  colours: Palette;
  cursor: [number, number] | null;
  terrain: Terrain | null;
}

type Ctx = CanvasRenderingContext2D;

function watermark(ctx: Ctx, v: View, text: string, colour: string): void {
  ctx.save();
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.1;
  ctx.font = "800 44px system-ui, sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.rotate(-0.3);
  const wide = ctx.measureText(text).width + 90;
  const reach = Math.hypot(v.width, v.height);
  for (let y = 0, row = 0; y < reach * 1.3; y += 150, row++)
    for (let x = -reach * 0.4 + (row % 2) * (wide / 2); x < reach; x += wide) ctx.fillText(text, x, y);
  ctx.restore();
}

/** Height of the ground [m above the reference point] under a place, where it is known. */
export function groundAt(t: Terrain | null, e: number, n: number): number | null {
  if (!t) return null;
  const c = Math.floor((e - t.e0) / t.cell_m);
  const r = Math.floor((n - t.n0) / t.cell_m);
  if (c < 0 || r < 0 || c >= t.cols || r >= t.rows) return null;
  return t.up_m[r * t.cols + c] ?? null;
}

export function drawOver(ctx: Ctx, v: View, input: OverInput): void {
  ctx.clearRect(0, 0, v.width, v.height);
  if (input.mark) watermark(ctx, v, input.mark, input.colours.mark);
  const { colours } = input;
  const bar = round125(140 / v.scale);
  const x0 = 16;
  const y0 = v.height - 16;
  ctx.strokeStyle = colours.text;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x0, y0 - 5);
  ctx.lineTo(x0, y0);
  ctx.lineTo(x0 + bar * v.scale, y0);
  ctx.lineTo(x0 + bar * v.scale, y0 - 5);
  ctx.stroke();
  ctx.font = "11px system-ui, sans-serif";
  write(ctx, distance(bar).replace(/\.0+ km/, " km"), x0 + (bar * v.scale) / 2, y0 - 9, colours.text, colours.halo, "center");
  const ax = x0 + bar * v.scale + 26;
  ctx.beginPath();
  ctx.moveTo(ax, y0);
  ctx.lineTo(ax, y0 - 20);
  ctx.moveTo(ax - 5, y0 - 13);
  ctx.lineTo(ax, y0 - 20);
  ctx.lineTo(ax + 5, y0 - 13);
  ctx.stroke();
  ctx.font = "600 12px system-ui, sans-serif";
  write(ctx, "N", ax + 8, y0 - 12, colours.text, colours.halo);
  let text = input.site.schematic ? "Schematic site" : "";
  if (input.cursor) {
    const [e, n] = unproject(v, ...input.cursor);
    const up = groundAt(input.terrain, e, n);
    text = `${degrees(bearing(e, n))} ${distance(Math.hypot(e, n))}${up === null ? "" : ` · ground ${Math.round(up)} m`}`;
  }
  ctx.font = "11px system-ui, sans-serif";
  write(ctx, text, v.width - 14, v.height - 14, colours.dim, colours.halo, "right");
}
