// Alerts: alarms in force, unknowns that close, sensors that are lost. Always live.
import type { Alarm, Track } from "../protocol";
import { sensorCode } from "../map/works";
import * as state from "../state";
import { act } from "../wire";
import { age, called, countdown, degrees, bearing, distance, hhmm } from "../words";
import { Key, Marked } from "./parts";

const urgency = (a: Alarm, b: Alarm): number =>
  Number(a.acknowledged_by !== "") - Number(b.acknowledged_by !== "") ||
  Number(b.escalated) - Number(a.escalated) ||
  (a.t_wall_s ?? Infinity) - (b.t_wall_s ?? Infinity) ||
  a.number - b.number;

const inOrder = (): Alarm[] => [...(state.live.value?.alarms ?? [])].sort(urgency);

export async function acknowledgeFirst(): Promise<void> {
  const open = inOrder().find((a) => !a.acknowledged_by);
  if (!open) state.said.value = { text: "No alarm waits for an acknowledgement.", wrong: false };
  else await act({ verb: "acknowledge", subject: open.number });
}

function AlarmRow({ alarm, first }: { alarm: Alarm; first: boolean }) {
  const offset = state.site.value?.utc_offset_s ?? 0;
  const open = !alarm.acknowledged_by;
  // The time is that of the picture; it runs on between the pictures, also when none comes.
  const left_s = alarm.t_wall_s === null ? null : alarm.t_wall_s - state.age_s.value;
  return (
    <li class={`alarm ${open ? "open" : "answered"}${alarm.escalated ? " escalated" : ""}`}>
      <i aria-hidden="true" class="icon">{open ? "▲" : "✓"}</i>
      <button
        type="button" class="plain"
        onClick={() => (state.selected.value = alarm.labels[0] ?? null)}
      >
        <b><Marked text={alarm.what} /></b>
        <span><Marked text={alarm.where} short /></span>
        <span class="do">{alarm.area.length ? `${alarm.area.join(", ")}: ` : ""}<Marked text={alarm.do} short /></span>
        <span class="state">
          {open
            ? alarm.escalated ? `ESCALATED: nobody has acknowledged since ${hhmm(alarm.raised_ns, offset)}` : `since ${hhmm(alarm.raised_ns, offset)}`
            : `acknowledged by ${alarm.acknowledged_by}`}
          {` · until ${hhmm(alarm.until_ns, offset)}`}
        </span>
      </button>
      <div class="right">
        {left_s !== null && <><b class="time">{countdown(left_s)}</b><small>to the wall</small></>}
        {open && (
          <button type="button" disabled={!state.mayAct.value} onClick={() => void act({ verb: "acknowledge", subject: alarm.number })}>
            Ack {first && <Key>A</Key>}
          </button>
        )}
        {alarm.incident && (
          <button
            type="button" class="small" title="Its incident, drafted by the watch"
            aria-label={`Incident ${alarm.incident}`}
            onClick={() => (state.dialog.value = { name: "incidents", open: alarm.incident })}
          >{alarm.incident}</button>
        )}
      </div>
    </li>
  );
}

function ClosingRow({ track }: { track: Track }) {
  return (
    <li class="caution">
      <i aria-hidden="true" class="icon">◆</i>
      <button type="button" class="plain" onClick={() => (state.selected.value = track.label)}>
        <b>{called(track)} {track.identity}, closes</b>
        <span>
          {distance(track.d_wall_m)} from the wall, {degrees(bearing(track.e, track.n))} · {Math.round(track.speed_mps)} m/s
        </span>
      </button>
      <div class="right">
        <button type="button" disabled={!state.mayAct.value} onClick={() => (state.dialog.value = { name: "interrogate", label: track.label })}>
          Ask
        </button>
      </div>
    </li>
  );
}

function LostRow(props: { row: number; age_s: number | null }) {
  const sensor = state.site.value?.sensors.find((s) => s.row === props.row);
  if (!sensor) return null;
  return (
    <li class="caution">
      <i aria-hidden="true" class="icon">✕</i>
      <div class="plain"><b>{sensorCode(sensor)} {sensor.name}: no data for {props.age_s === null ? "long" : age(props.age_s)}</b><span>cover is reduced</span></div>
    </li>
  );
}

export function Budget() {
  const budget = state.live.value?.budget;
  if (!budget) return null;
  const pd = budget.detection_probability;
  return (
    <p class="budget">
      <span>alarms <b>{budget.alarms_per_hour.toFixed(1)}</b>/h</span>
      <span>nuisance <b>{budget.nuisance_per_hour.toFixed(1)}</b>/h</span>
      <span>detection <b>{pd === null ? "not known" : pd.toFixed(2)}</b></span>
    </p>
  );
}

export function Alerts() {
  const alarms = inOrder();
  const open = alarms.filter((a) => !a.acknowledged_by);
  const told = new Set(alarms.flatMap((a) => a.labels));
  const closing = (state.live.value?.tracks ?? [])
    .filter((t) => t.closing && !told.has(t.label) && ["pending", "unknown", "suspect"].includes(t.identity))
    .sort((a, b) => b.score - a.score)
    .slice(0, 3);
  const lost = (state.live.value?.sensors ?? []).filter((s) => s.health === "lost");
  const quiet = !alarms.length && !closing.length && !lost.length;
  return (
    <section class="alerts" aria-labelledby="h-alerts" data-pane>
      <h2 id="h-alerts">
        Alerts {state.replaying.value && <em class="islive">LIVE</em>}
        <span class={open.length ? "danger" : ""}>{open.length ? `${open.length} to acknowledge` : "none open"}</span>
      </h2>
      <Budget />
      <ul>
        {alarms.map((a) => <AlarmRow key={a.number} alarm={a} first={a === open[0]} />)}
        {closing.map((t) => <ClosingRow key={`t${t.label}`} track={t} />)}
        {lost.map((s) => <LostRow key={`s${s.row}`} row={s.row} age_s={s.age_s} />)}
        {quiet && <li class="quiet">No alarm, nothing unknown closes.</li>}
      </ul>
    </section>
  );
}
