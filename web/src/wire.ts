// Talks to the service: pictures by WebSocket, acts by POST, everything else by GET.
import { batch } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Act, Answer, BaseMap, Cover, LogEvent, Me, Picture, Site, Terrain, Timeline } from "./protocol";
import * as state from "./state";

export class Refused extends Error {
  constructor(readonly status: number, text: string) {
    super(text);
  }
}

/** One request; throws `Refused` with the service's own words. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "X-CSRF": state.me.value?.csrf ?? "" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method, headers, credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refused(0, "The service does not answer. Nothing was sent.");
  }
  const text = await answer.text();
  const data: unknown = text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  if (!answer.ok) {
    const error = (data as { error?: string }).error ?? `refused with status ${answer.status}`;
    if (answer.status === 401) state.mustSignIn.value = true;
    throw new Refused(answer.status, error);
  }
  return data as T;
}

/** What a GET answers; null until it does, with the refusal in words. */
export function useAsked<T>(path: string, again: number): [T | null, string] {
  const [got, setGot] = useState<T | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    setWrong("");
    ask<T>("GET", path).then(setGot, (error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      setWrong(error.message);
    });
  }, [path, again]);
  return [got, wrong];
}

/** A person's act; the answer is shown and read out, and returned. */
export async function act(body: Act): Promise<Answer> {
  return tell(ask<Answer>("POST", "/api/act", body));
}

export async function tell(sent: Promise<Partial<Answer>>, good = "Done."): Promise<Answer> {
  try {
    const answer = await sent;
    const whole = { ok: answer.ok !== false, text: answer.text || good };
    state.said.value = { text: whole.text, wrong: !whole.ok };
    return whole;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    state.said.value = { text: error.message, wrong: true };
    return { ok: false, text: error.message };
  }
}

/** Who is here, what the site is, then pictures for as long as the page lives. */
export async function start(): Promise<void> {
  try {
    state.me.value = await ask<Me>("GET", "/api/me");
    if (state.me.value.first_start) return;
    state.mustSignIn.value = false;
    state.site.value = await ask<Site>("GET", "/api/site");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status !== 401) setTimeout(() => void start(), 2000);
    return;
  }
  connect();
  ask<Terrain>("GET", "/api/terrain").then((t) => (state.terrain.value = t), quiet);
  ask<BaseMap>("GET", "/api/basemap").then((m) => (state.basemap.value = m), quiet);
  await cover(state.coverHeight_m.value);
  for (const height_m of state.COVER_HEIGHTS_M) await cover(height_m);
}

function quiet(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
}

export async function cover(height_m: number): Promise<void> {
  if (state.covers.value.has(height_m)) return;
  const found = await ask<Cover>("GET", `/api/cover?height_m=${height_m}`).catch(quiet);
  if (found) state.covers.value = new Map(state.covers.value).set(height_m, found);
}

/** The span of the timeline that is drawn [ns]. */
export const SPAN_NS = 30 * 60 * 1e9;

export async function timeline(): Promise<void> {
  const to = Math.round(state.now_ns.value);
  if (to <= 0) return; // no picture has told the time yet
  const from = Math.max(0, Math.round(to - SPAN_NS));
  const found = await ask<Timeline>("GET", `/api/timeline?from_ns=${from}&to_ns=${to}`).catch(quiet);
  if (found) state.timeline.value = found;
}

let socket: WebSocket | null = null;
let wait_ms = 500;
/** The journal has more than the timeline shows; asked for when a picture has told the time. */
let behind = false;
let waiting: ReturnType<typeof setTimeout> | undefined;

function connect(): void {
  clearTimeout(waiting);
  socket?.close();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}/api/live`);
  socket = mine;
  mine.onopen = () => {
    wait_ms = 500;
    behind = true;
  };
  mine.onmessage = (message: MessageEvent<string>) => {
    if (socket === mine) receive(JSON.parse(message.data) as Picture | LogEvent);
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    state.linked.value = false;
    waiting = setTimeout(() => void again(), wait_ms);
    wait_ms = Math.min(5000, wait_ms * 1.6);
  };
}

/** After a loss: the session may have ended meanwhile, so ask who we are first. */
async function again(): Promise<void> {
  try {
    state.me.value = await ask<Me>("GET", "/api/me");
  } catch (error) {
    quiet(error);
    if ((error as Refused).status === 401) return;
  }
  connect();
}

export function disconnect(): void {
  clearTimeout(waiting);
  const mine = socket;
  socket = null;
  mine?.close();
  state.linked.value = false;
}

function receive(message: Picture | LogEvent): void {
  if (message.kind === "event") {
    state.events.value = [message, ...state.events.value].slice(0, state.MOST_EVENTS);
    return;
  }
  const now = performance.now();
  batch(() => {
    state.live.value = message;
    state.received_ms.value = now;
    state.tick_ms.value = now;
    state.linked.value = true;
  });
  if (behind) void timeline();
  behind = false;
}

/** The clock of ages, the timeline's refresh, and the connection watched from outside: a socket
 * that is open but silent is as dead as a closed one. */
export function keepTime(): void {
  setInterval(() => (state.tick_ms.value = performance.now()), 250);
  setInterval(() => {
    if (state.linked.value) void timeline();
  }, 5000);
  setInterval(() => {
    const silent_ms = performance.now() - state.received_ms.value;
    if (state.linked.value && silent_ms > 3000) {
      state.linked.value = false;
      connect();
    }
  }, 1000);
  addEventListener("online", () => {
    if (state.site.value && !state.linked.value) connect();
  });
}
