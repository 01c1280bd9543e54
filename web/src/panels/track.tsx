// The selected track: what it is, where, how well known, why, and what a person can do about it.
import { onTrack } from "../keys";
import { sensorCode } from "../map/works";
import type { Track } from "../protocol";
import * as state from "../state";
import { age, bearing, called, classWord, climb, countdown, degrees, distance } from "../words";
import { Key, Marked, Symbol } from "./parts";

function Fact(props: { name: string; children: preact.ComponentChildren }) {
  return <div><dt>{props.name}</dt><dd>{props.children}</dd></div>;
}

function Facts({ track }: { track: Track }) {
  const sensors = state.site.value?.sensors ?? [];
  const seen = track.seen_by.map((row) => sensors.find((s) => s.row === row)).filter((s) => s !== undefined);
  return (
    <dl class="facts">
      <Fact name="From site">{distance(Math.hypot(track.e, track.n))} {degrees(bearing(track.e, track.n))}</Fact>
      <Fact name="Height (AGL)">{Math.round(track.agl_m)} m {climb(track.climb_mps)}</Fact>
      <Fact name="Speed, course">{Math.round(track.speed_mps)} m/s {degrees(track.course_deg)}</Fact>
      <Fact name="Error, 95 %">{Math.round(track.ellipse[0])} × {Math.round(track.ellipse[1])} m</Fact>
      <Fact name="Seen by">{seen.map((s) => sensorCode(s)).join(" ") || "nobody now"}</Fact>
      <Fact name="Last update">{age(track.age_s)} ago{track.coasting ? ", coasting" : ""}</Fact>
    </dl>
  );
}

function ClassBars({ track }: { track: Track }) {
  const rows: [string, number][] = [...track.cls_p.slice(0, 3), ["exists at all", track.existence]];
  return (
    <ul class="classes" aria-label="Class probabilities">
      {rows.map(([cls, p]) => (
        <li key={cls}>
          <span>{classWord(cls)}</span>
          <span class="bar" aria-hidden="true"><i style={{ width: `${Math.round(p * 100)}%` }} /></span>
          <b>{p.toFixed(2)}</b>
        </li>
      ))}
    </ul>
  );
}

function Buttons({ track }: { track: Track }) {
  const may = state.mayAct.value;
  return (
    <div class="actions">
      <button type="button" aria-pressed={state.following.value} onClick={() => (state.following.value = !state.following.value)}>
        Follow <Key>F</Key>
      </button>
      <button type="button" disabled={!may} onClick={() => onTrack("interrogate")}>Interrogate <Key>I</Key></button>
      <button type="button" disabled={!may} onClick={() => onTrack("reclassify")}>Reclassify <Key>R</Key></button>
      <button type="button" disabled={!may} onClick={() => onTrack("dismiss")}>Dismiss <Key>D</Key></button>
      <button type="button" disabled={!may} onClick={() => (state.dialog.value = { name: "note", label: track.label })}>
        Note <Key>N</Key>
      </button>
    </div>
  );
}

export function TrackPanel() {
  const track = state.chosen.value;
  const label = state.selected.value;
  return (
    <section class="track" aria-labelledby="h-track" data-pane>
      <h2 id="h-track">Track {state.replaying.value && <em class="inreplay">REPLAY</em>}</h2>
      {track ? (
        <>
          <div class="head">
            <Symbol identity={track.identity} cls={track.cls} size={46} />
            <div>
              <p><b class="label">{called(track)}</b> <span class={`identity ${track.identity.replace(" ", "-")}`}>{track.identity}</span></p>
              <p class="cls">
                {classWord(track.cls)}{track.callsign ? ` · T-${track.label}` : ""}
              </p>
            </div>
            {track.t_wall_s !== null && track.closing && (
              <div class="right">
                <b class="time">{countdown(track.t_wall_s)}</b>
                <small>to the wall{track.t_wall_sd_s >= 1 ? ` ±${Math.round(track.t_wall_sd_s)} s` : ""}</small>
              </div>
            )}
          </div>
          <Facts track={track} />
          <ClassBars track={track} />
          <ul class="why">{track.why.slice(0, 6).map((w) => <li key={w}><Marked text={w} short /></li>)}</ul>
          <Buttons track={track} />
        </>
      ) : (
        <p class="quiet">
          {label === null ? "No track selected. Tab on the map: the next by priority." : `T-${label} is not in the picture any more.`}
        </p>
      )}
    </section>
  );
}
