// Left: the sensors and their health, who is warned, the layers, what the symbols say.
import { sensorCode } from "../map/works";
import type { Identity, SensorHealth, SiteSensor, Warned } from "../protocol";
import * as state from "../state";
import { ask, cover, tell } from "../wire";
import { age, hhmm } from "../words";
import { Key, Symbol } from "./parts";

const HEALTH = { fresh: ["●", ""], quiet: ["○", "quiet"], stale: ["◆", "stale"], lost: ["✕", "no data"] } as const;

function SensorRow(props: { sensor: SiteSensor; health: SensorHealth | undefined }) {
  const { sensor, health } = props;
  const [mark, word] = HEALTH[health?.health ?? "lost"];
  const refused = health && health.refused > 0 ? `, ${health.refused} refused` : "";
  return (
    <li class={health?.health ?? "lost"} title={health ? `${health.rate_hz.toFixed(1)} looks a second${refused}` : ""}>
      <i aria-hidden="true">{mark}</i> <b>{sensorCode(sensor)}</b> <span class="name" title={sensor.name}>{sensor.name}</span>
      {health?.offered && (
        <button
          type="button" class="small" title="A bias is offered to be taken off"
          aria-label={`${sensor.name}: a bias is offered`} onClick={() => (state.dialog.value = { name: "sensors" })}
        >bias</button>
      )}
      <span class="age">{word} {health && health.age_s !== null ? age(health.age_s) : ""}</span>
    </li>
  );
}

function Sensors() {
  const site = state.site.value;
  const health = new Map((state.shown.value?.sensors ?? []).map((s) => [s.row, s]));
  const up = [...health.values()].filter((s) => s.health === "fresh" || s.health === "quiet").length;
  const all = site?.sensors.length ?? 0;
  return (
    <section aria-labelledby="h-sensors">
      <h2 id="h-sensors">Sensors <span class={up < all ? "caution" : ""}>{up} of {all} up</span></h2>
      <ul class="sensors">
        {site?.sensors.map((s) => <SensorRow key={s.row} sensor={s} health={health.get(s.row)} />)}
      </ul>
    </section>
  );
}

function WarnedRow({ who }: { who: Warned }) {
  const offset = state.site.value?.utc_offset_s ?? 0;
  if (who.told_ns === null)
    return <li><i aria-hidden="true">○</i> <span class="name" title={who.name}>{who.name}</span> <span class="age">not told</span></li>;
  if (who.acknowledged_ns !== null)
    return (
      <li class="answered" title={who.by ? `acknowledged by ${who.by}` : ""}>
        <i aria-hidden="true">✓</i> <span class="name" title={who.name}>{who.name}</span>
        <span class="age">ack {hhmm(who.acknowledged_ns, offset)}</span>
      </li>
    );
  return (
    <li class="told">
      <i aria-hidden="true">▶</i> <span class="name" title={who.name}>{who.name}</span>
      <span class="age" title="told, not acknowledged"><span class="unseen">told </span>{hhmm(who.told_ns, offset)}</span>
      <button
        type="button" class="small" disabled={!state.mayAct.value}
        aria-label={`${who.name} has acknowledged`}
        onClick={() => void tell(ask("POST", "/api/warned/acknowledge", { name: who.name }), `${who.name} has acknowledged.`)}
      >Ack</button>
    </li>
  );
}

function WarnedList() {
  const people = state.live.value?.warned ?? [];
  const told = people.filter((w) => w.told_ns !== null);
  const answered = told.filter((w) => w.acknowledged_ns !== null);
  const words = told.length ? `${answered.length} of ${told.length} ack` : "nobody told";
  return (
    <section aria-labelledby="h-warned">
      <h2 id="h-warned">Warned <span class={answered.length < told.length ? "caution" : ""}>{words}</span></h2>
      <ul class="sensors warned">{people.map((w) => <WarnedRow key={w.name} who={w} />)}</ul>
    </section>
  );
}

function Layers() {
  const on = state.layers.value;
  const choose = (event: Event): void => {
    state.coverHeight_m.value = Number((event.currentTarget as HTMLSelectElement).value);
    void cover(state.coverHeight_m.value);
  };
  return (
    <section aria-labelledby="h-layers">
      <h2 id="h-layers">
        Layers
        <label class="height">
          cover at{" "}
          <select value={String(state.coverHeight_m.value)} onChange={choose} aria-label="Cover height above ground">
            {state.COVER_HEIGHTS_M.map((h) => <option key={h} value={String(h)}>{h} m</option>)}
          </select>
        </label>
      </h2>
      <ul class="layers">
        {state.LAYERS.map(([layer, word, key]) => (
          <li key={layer}>
            <label>
              <input
                type="checkbox" checked={on[layer]}
                onChange={() => (state.layers.value = { ...on, [layer]: !on[layer] })}
              />
              {layer === "cover" ? `${word} (${state.coverHeight_m.value} m)` : word}
            </label>
            <Key>{key}</Key>
          </li>
        ))}
      </ul>
    </section>
  );
}

const LEGEND: Identity[] = ["hostile", "suspect", "unknown", "pending", "friend", "neutral"];

function Legend() {
  return (
    <section aria-labelledby="h-legend">
      <h2 id="h-legend">Symbols</h2>
      <ul class="legend">
        {LEGEND.map((identity) => (
          <li key={identity}>
            <Symbol identity={identity} cls={identity === "hostile" ? "one way attack" : "multirotor"} size={30} />
            {identity[0]?.toUpperCase()}{identity.slice(1)}
          </li>
        ))}
      </ul>
      <p class="small">Line: 15 s ahead. Dots: every 3 s. Dashed: coasting. Hatched: blind. Dotted frame: assumed.</p>
    </section>
  );
}

export function LeftPanel() {
  return (
    <aside class="left" aria-label="Sensors and layers" data-pane>
      <Sensors />
      <WarnedList />
      <Layers />
      <Legend />
    </aside>
  );
}
