// The top bar and the posture banner: always the live ones, also during a replay.
import { toggle as toggleSound } from "../sound";
import type { Posture } from "../protocol";
import * as state from "../state";
import { age, census, clock, hhmm, LEVEL_WORDS, LEVELS, moment, unmarked } from "../words";
import { Key, Marked } from "./parts";

const SOUND_WORDS = { unarmed: "Sound off: click to arm", on: "Sound on", muted: "Sound muted" } as const;

export function Badge() {
  const mode = state.site.value?.mode ?? "EXERCISE";
  const drill = state.live.value?.drill;
  if (state.exercise.value)
    return <strong class="badge exercise">EXERCISE{drill?.running ? ` · drill ${drill.name}` : ""}</strong>;
  if (mode === "RECORDING") return <strong class="badge exercise">RECORDING</strong>;
  return <strong class="badge real">REAL</strong>;
}

function Link() {
  if (!state.linked.value)
    return (
      <span class="link lost">
        <i aria-hidden="true">✕</i> <b>NO LINK</b>
        {state.live.value ? ` picture ${age(state.age_s.value)} old` : " to the service"}
      </span>
    );
  if (!state.live.value?.t_ns) return <span class="link lost"><i aria-hidden="true">◆</i> <b>WAITING</b> for the first scan</span>;
  const stale = state.age_s.value > state.STALE_S;
  return (
    <span class={`link${stale ? " lost" : ""}`}>
      <i aria-hidden="true">{stale ? "◆" : "●"}</i> <b>LIVE</b> data {age(state.age_s.value)} old
    </span>
  );
}

export function TopBar() {
  const site = state.site.value;
  const now = state.now_ns.value;
  const day = state.theme.value === "day";
  return (
    <header class="top" data-pane>
      <h1>{(site?.title ?? "bartizan").replace(/ \(schematic.*\)$/, "")}</h1>
      <span class="what">air picture</span>
      <Link />
      <Badge />
      <span class="space" />
      <span class="clock"><b>{now ? clock(now) : "--:--:--"}</b> UTC</span>
      <span class="clock local">{now ? hhmm(now, site?.utc_offset_s ?? 0) : "--:--"} local</span>
      <button type="button" class={`sound ${state.sound.value}`} aria-pressed={state.sound.value === "on"} onClick={toggleSound}>
        {SOUND_WORDS[state.sound.value]} <Key>M</Key>
      </button>
      <button type="button" onClick={() => (state.theme.value = day ? "dark" : "day")}>{day ? "Dark" : "Day"} <Key>Y</Key></button>
      <button type="button" onClick={() => (state.dialog.value = { name: "drill" })}>Drill <Key>X</Key></button>
      <button type="button" onClick={() => (state.dialog.value = { name: "help" })}>Keys <Key>?</Key></button>
      <button type="button" class="duty" onClick={() => (state.dialog.value = { name: "duty" })}>
        <b>{state.me.value?.user ?? ""}</b>
        <small>{state.me.value ? `on duty, ${state.me.value.role}` : ""}</small>
      </button>
    </header>
  );
}

/** The level in words, and why, said once: the mark stands before the sentence above it. */
function reason(posture: Posture): string {
  const words = LEVEL_WORDS[posture.level];
  const { rest } = unmarked(posture.reason);
  return rest.toLowerCase().startsWith(words.toLowerCase()) ? rest[0]?.toUpperCase() + rest.slice(1) : `${words}: ${rest}`;
}

export function PostureBanner() {
  const picture = state.live.value;
  const posture = picture?.posture;
  const offset = state.site.value?.utc_offset_s ?? 0;
  if (!picture || !posture) return <section class="posture" aria-label="Posture"><p>No picture yet.</p></section>;
  const now = picture.t_ns;
  const rank = LEVELS.indexOf(posture.level);
  return (
    <section class={`posture ${posture.level.toLowerCase()}`} aria-label="Posture" data-pane>
      <div class="level">
        <small>POSTURE</small> <b>{posture.level}</b>
        <span class="bars" aria-hidden="true">{LEVELS.map((l, i) => <i key={l} class={i <= rank ? "full" : ""} />)}</span>
      </div>
      <div class="sentence">
        <p>
          <b><Marked text={posture.sentence} short /></b>
        </p>
        <p class="reason" title={`${posture.reason} · ${posture.forecast}`}>
          {state.replaying.value && <em class="islive">LIVE, not the replay</em>} <span class="census">{census(picture.tracks)}</span> · {reason(posture)}
          {posture.forecast ? ` · ${unmarked(posture.forecast).rest}` : ""}
        </p>
      </div>
      <p class="since">
        since {hhmm(posture.since_ns, offset)} by {posture.by || "rule"}
        {posture.expires_ns > 0 ? <><br />until {moment(posture.expires_ns, now, offset)}</> : null}
      </p>
      <button type="button" onClick={() => (state.dialog.value = { name: "clear" })}>Is it clear? <Key>C</Key></button>
      <button type="button" onClick={() => (state.dialog.value = { name: "posture" })}>Change posture <Key>P</Key></button>
    </section>
  );
}
