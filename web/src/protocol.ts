// What the service says and takes: docs/console.md has the same in words.
// Times `*_ns` are UTC nanoseconds; as a double they are exact to a quarter microsecond.

export type Role = "viewer" | "operator" | "supervisor";
export type Level = "WHITE" | "YELLOW" | "RED";
export type Identity =
  "pending" | "unknown" | "assumed friend" | "friend" | "neutral" | "suspect" | "hostile";
export type Point = [number, number];

export interface Me {
  user: string;
  role: Role;
  csrf: string;
  first_start: boolean;
}

export interface Area {
  name: string;
  polygon: Point[];
}

export interface Corridor {
  name: string;
  path: Point[];
  half_width_m: number;
  floor_m: number;
  ceiling_m: number;
  user: string;
}

export interface SiteSensor {
  row: number;
  name: string;
  kind: string;
  e: number;
  n: number;
  u: number;
  max_range_m: number;
  azimuth_deg: [number, number] | null;
}

export interface Site {
  name: string;
  title: string;
  schematic: boolean;
  origin: { lat_deg: number; lon_deg: number; hae_m: number };
  utc_offset_s: number;
  world_m: number;
  mode: "EXERCISE" | "LIVE" | "RECORDING";
  version: string;
  wall: Area;
  zones: Area[];
  people: Area[];
  corridors: Corridor[];
  sensors: SiteSensor[];
  classes: string[];
  identities: Identity[];
  warned: { name: string; area: string }[];
  raids?: string[];
}

export interface Grid {
  cell_m: number;
  e0: number;
  n0: number;
  cols: number;
  rows: number;
}

export interface Cover extends Grid {
  height_m: number;
  pd: number[];
}

export interface Terrain extends Grid {
  up_m: number[];
}

/** The base map: coarse lines about the site, and what the site brings itself. */
export interface BaseMap {
  coarse: { credit: string; lines: Partial<Record<"river" | "lake" | "coast", number[][]>> };
  own: { kind: "raster" | "vector"; credit: string; finest: number; coarsest: number } | null;
  pixels: number;
}

/** One tile of a vector map: e, n, e, n... in metres from its south-western corner. */
export interface Shapes {
  areas: Record<string, number[][][]>;
  lines: Record<string, number[][]>;
  names: [number, number, string][];
}

/** What each sensor adds to what is so, as estimated, and what is offered to be taken off. */
export interface Registration {
  sensors: {
    row: number; name: string; offered: boolean; jumped: boolean; compared: number;
    before: number | null; after: number | null; asked_by: string;
    parts: {
      what: string; unit: string; bias: number; sd: number | null; significant: boolean; accepted: number;
      by_feed: boolean;
    }[];
  }[];
}

export interface Posture {
  level: Level;
  since_ns: number;
  expires_ns: number;
  by: string;
  reason: string;
  forecast: string;
  sentence: string;
}

export interface Track {
  label: number;
  e: number;
  n: number;
  u: number;
  agl_m: number;
  speed_mps: number;
  course_deg: number;
  climb_mps: number;
  existence: number;
  cls: string;
  cls_p: [string, number][];
  identity: Identity;
  callsign: string;
  ellipse: [number, number, number];
  t_wall_s: number | null;
  t_wall_sd_s: number;
  d_wall_m: number;
  score: number;
  closing: boolean;
  group: number;
  coasting: boolean;
  age_s: number;
  seen_by: number[];
  history: Point[];
  why: string[];
}

export interface Alarm {
  number: number;
  raised_ns: number;
  until_ns: number;
  labels: number[];
  what: string;
  where: string;
  do: string;
  t_wall_s: number | null;
  acknowledged_by: string;
  escalated: boolean;
  area: string[];
  incident?: string;
}

export interface SensorHealth {
  row: number;
  /** quiet: a receiver that may hear nothing for hours, or one that has not been heard yet. */
  health: "fresh" | "stale" | "lost" | "quiet";
  age_s: number | null;
  rate_hz: number;
  refused: number;
  offered?: boolean;
}

export interface Warned {
  name: string;
  area: string;
  told_ns: number | null;
  acknowledged_ns: number | null;
  by: string;
}

export interface Picture {
  kind: "picture";
  t_ns: number;
  sent_ns: number;
  /** null, and t_ns 0: nothing has been seen yet. */
  age_s: number | null;
  posture: Posture | null;
  tracks: Track[];
  alarms: Alarm[];
  sensors: SensorHealth[];
  warned: Warned[];
  budget: {
    alarms_per_hour: number;
    nuisance_per_hour: number;
    detection_probability: number | null;
  };
  drill: { name: string; running: boolean } | null;
}

export interface LogEvent {
  kind: "event";
  t_ns: number;
  who: string;
  text: string;
  why: string[];
  labels: number[];
}

export interface Timeline {
  posture: [number, Level][];
  events: { t_ns: number; kind: string; text: string }[];
  counts: [number, Partial<Record<Identity, number>>][];
}

export interface Clear {
  can_say: boolean;
  statement: string;
  volumes: string[];
  blind: string[];
  why_not: string[];
}

export type Verb =
  "acknowledge" | "dismiss" | "classify" | "identify" | "interrogate" | "posture" | "note" | "register";

export interface Act {
  verb: Verb;
  subject: number;
  value?: string;
  why?: string;
  until_s?: number;
}

export interface Answer {
  ok: boolean;
  text: string;
}

/** The incident record. */
export interface Incidents {
  incidents: { id: string; title: string; site?: string; date?: string }[];
  formats: string[];
  fields?: string[];
}

export interface IncidentTold {
  incident: { id: string; title: string };
  exercise: boolean;
  standings: { field: string; name: string; value: string; status: string; claims: string[]; why: string }[];
  contradictions: { field: string; values: [string, string[]][]; decided: string }[];
  claims: {
    id: string; quote: string; field: string; value: string; said_by: string; polarity: string;
    sensors: string; sensors_why: string; confirmed_by: string; raw: unknown; corrected: string[];
  }[];
  rejected: { id: string; quote: string; field: string; value: string; why: string }[];
  evidence: { id: string; kind: string; what: string }[];
  links: { id: string; a: string; b: string; kind: string }[];
  likenesses: { b: string; title: string; kind: string; p: number; reasons: string[] }[];
  statement: string;
}

/** What intake drafted of a pasted report: nothing of it is in the record yet. */
export interface Draft {
  document: { notes: string[] };
  incidents: { id: string; title: string }[];
  claims: { incident: string; field: string; value: unknown; quote: string; polarity: string; chain: { name: string }[] }[];
  uncovered: { start: number; quote: string; words: string[] }[];
}
