// The console: one page, put together.
import { effect } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { ChangePosture, Dismiss, Interrogate, Note, Reclassify } from "./dialogs/acts";
import { ClearStatement, Drill, Duty, Help, SetUp, SignIn } from "./dialogs/room";
import { IncidentRecord } from "./dialogs/incidents";
import { Sensors } from "./dialogs/sensors";
import { keepListening, toMap } from "./keys";
import { AirMap } from "./map/map";
import { Alerts } from "./panels/alerts";
import { LeftPanel } from "./panels/left";
import { Log } from "./panels/log";
import { PostureBanner, TopBar } from "./panels/top";
import { TrackPanel } from "./panels/track";
import { keepPlaying } from "./replay";
import { keepSounding } from "./sound";
import * as state from "./state";
import { HeightStrip } from "./strip";
import { Controls, Timeline } from "./timeline";
import { cover, keepTime, start } from "./wire";
import { age, clock } from "./words";

function Dialogs() {
  const open = state.dialog.value;
  switch (open?.name) {
    case "help": return <Help />;
    case "posture": return <ChangePosture />;
    case "drill": return <Drill />;
    case "clear": return <ClearStatement />;
    case "duty": return <Duty />;
    case "incidents": return <IncidentRecord key={open.open} open={open.open} />;
    case "sensors": return <Sensors />;
    case "note": return <Note label={open.label} />;
    case "interrogate": return <Interrogate key={open.label} label={open.label} />;
    case "dismiss": return <Dismiss key={open.label} label={open.label} />;
    case "reclassify": return <Reclassify key={open.label} label={open.label} />;
    default: return null;
  }
}

function OldPicture() {
  if (state.replaying.value || !state.old.value || !state.live.value?.t_ns) return null;
  return (
    <p class="oldpicture" role="alert">
      <b>{state.linked.value ? "DATA IS OLD" : "NO LINK TO THE SERVICE"}</b>{" "}
      the picture is {age(state.age_s.value)} old and does not move
    </p>
  );
}

function Said() {
  const said = state.said.value;
  return (
    <p class={`said${said ? (said.wrong ? " wrong" : "") : " unseen"}`} role="status">{said?.text ?? ""}</p>
  );
}

function Alarmed() {
  // Read out when it changes; the list itself changes ten times a second.
  const open = (state.live.value?.alarms ?? []).filter((a) => !a.acknowledged_by).map((a) => `Alarm: ${a.what}. ${a.where}.`);
  return <p class="unseen" role="alert">{open.join(" ")}</p>;
}

function Console() {
  const replaying = state.replaying.value;
  useEffect(toMap, []);
  return (
    <div class={`console${replaying ? " replaying" : ""}`}>
      <TopBar />
      <PostureBanner />
      <LeftPanel />
      <main class="centre">
        <AirMap />
        <HeightStrip />
        {replaying && (
          <p class="replayword" role="status">
            REPLAY {clock(state.playhead_ns.value ?? 0, state.site.value?.utc_offset_s ?? 0)} local · alerts and posture stay live
          </p>
        )}
        <OldPicture />
      </main>
      <Controls />
      <section class="timebox" aria-label="Timeline" data-pane><Timeline /></section>
      <aside class="right" aria-label="Alerts, track, log">
        <Alerts />
        <TrackPanel />
        <Log />
      </aside>
      <Said />
      <Alarmed />
      <Dialogs />
    </div>
  );
}

function Page() {
  if (state.me.value?.first_start) return <SetUp />;
  if (state.mustSignIn.value) return <SignIn />;
  if (!state.site.value) return <main class="door"><p>The service is asked …</p></main>;
  return <Console />;
}

effect(() => void (document.documentElement.dataset.theme = state.theme.value));
effect(() => {
  const mark = state.exercise.value ? "EXERCISE · " : "";
  const open = (state.live.value?.alarms ?? []).filter((a) => !a.acknowledged_by).length;
  document.title = `${mark}${open ? `(${open}) ` : ""}${state.site.value?.title ?? "bartizan"}`;
});
effect(() => {
  if (state.site.value) void cover(state.coverHeight_m.value);
});
effect(() => {
  // A message goes after a while; a refusal stays longer.
  const said = state.said.value;
  if (said) setTimeout(() => state.said.value === said && (state.said.value = null), said.wrong ? 9000 : 5000);
});

const root = document.getElementById("console");
if (root) render(<Page />, root);
keepListening();
keepTime();
keepPlaying();
keepSounding();
void start();
