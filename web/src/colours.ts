// The canvases' colours, dark and day. The style sheet has the page's own (console.css).
import type { Identity } from "./protocol";
import type { Theme } from "./state";

/** What a base map shows: quiet, under everything else. */
export type BasePalette = Record<
  "land" | "apron" | "water" | "building" | "river" | "lake" | "coast" | "rail" | "runway" | "road" | "highway" | "border",
  string
>;

export interface Palette {
  ground: string;
  grid: string;
  text: string;
  dim: string;
  halo: string;
  wall: string;
  zone: string;
  people: string;
  corridor: string;
  ring: string;
  sensor: string;
  lost: string;
  cover: [number, number, number];
  edge: string;
  hatch: string;
  select: string;
  mark: string;
  base: BasePalette;
  identity: Record<Identity, string>;
}

const dark: Palette = {
  ground: "#18242c", grid: "#22323c", text: "#e8eef3", dim: "#9fb0bd", halo: "#0b1118",
  wall: "#f2f5f7", zone: "#d9a8ff", people: "#ff9bb0", corridor: "#7cc7ff", ring: "#e0b04a",
  sensor: "#62d6b4", lost: "#ffb84d", cover: [70, 190, 165], edge: "#4bbf9f", hatch: "#7a8a96",
  select: "#ffffff", mark: "#ffd75e",
  base: {
    land: "#1c2b30", apron: "#2b3640", water: "#173a52", building: "#36424c", river: "#2d6184", lake: "#2d6184",
    coast: "#4a7d9c", rail: "#4d565e", runway: "#5d6a76", road: "#46545f", highway: "#6b7b88", border: "#6d5f86",
  },
  identity: {
    pending: "#e8c547", unknown: "#f4dd6b", "assumed friend": "#7cc7ff", friend: "#4db5ff",
    neutral: "#5fd69a", suspect: "#ffa347", hostile: "#ff6b74",
  },
};

const day: Palette = {
  ground: "#e9eeea", grid: "#d3dcd6", text: "#14202a", dim: "#41535f", halo: "#ffffff",
  wall: "#14202a", zone: "#6a2fa0", people: "#a3123f", corridor: "#0b5c99", ring: "#7a5600",
  sensor: "#006a52", lost: "#8f4d00", cover: [0, 120, 95], edge: "#00775c", hatch: "#74808a",
  select: "#000000", mark: "#7a5600",
  base: {
    land: "#dfe9dc", apron: "#d3d6da", water: "#bcd8ec", building: "#c9c4bd", river: "#84b3d4", lake: "#84b3d4",
    coast: "#5b93ba", rail: "#a3a3a3", runway: "#aab0b6", road: "#c2bfb6", highway: "#b29c78", border: "#a58bc4",
  },
  identity: {
    pending: "#6f5600", unknown: "#6f5600", "assumed friend": "#0b5c99", friend: "#0b5c99",
    neutral: "#006a3a", suspect: "#984500", hostile: "#b3101f",
  },
};

export const palette = (theme: Theme): Palette => (theme === "dark" ? dark : day);
