// What is wrong with a sensor's own measurements, and what of it a person lets be taken off.
import { useState } from "preact/hooks";
import type { Answer, Registration } from "../protocol";
import * as state from "../state";
import { act, useAsked } from "../wire";
import { close, Form, Frame } from "./frame";

type Sensor = Registration["sensors"][number];

const signed = (x: number): string => (x < 0 ? `−${Math.abs(x)}` : `+${x}`);

function Parts({ sensor }: { sensor: Sensor }) {
  return (
    <table class="record">
      <thead>
        <tr><th>{sensor.name}</th><th>off by</th><th>1 sigma</th><th>taken off already</th></tr>
      </thead>
      <tbody>
        {sensor.parts.map((p) => (
          <tr key={p.what}>
            <th>{p.what} [{p.unit}]</th>
            <td>{p.sd === null ? "not known" : signed(p.bias)} {p.significant && <b>offered</b>}</td>
            <td>{p.sd ?? ""}</td>
            <td>{p.by_feed ? "a setting of its feed" : p.accepted ? signed(p.accepted) : "nothing"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Offer({ sensor, done }: { sensor: Sensor; done: () => void }) {
  const [why, setWhy] = useState("");
  const send = async (): Promise<Answer> => {
    const answer = await act({ verb: "register", subject: sensor.row, why: why.trim() });
    done();
    return answer;
  };
  return (
    <Form send={send} verb={`Accept for ${sensor.name}`} ready={state.isSupervisor.value && why.trim() !== ""} keep>
      <p>
        Comparisons with other sensors: {sensor.compared}. In the middle they are off by <b>{sensor.before ?? "?"}</b> sigma
        as it is, by <b>{sensor.after ?? "?"}</b> with it taken off.
      </p>
      {sensor.asked_by && <p role="status"><b>{sensor.asked_by}</b> has accepted it; a second person has to do so too.</p>}
      <label class="field">Why <input value={why} onInput={(e) => setWhy(e.currentTarget.value)} maxLength={200} /></label>
    </Form>
  );
}

export function Sensors() {
  const [again, setAgain] = useState(0);
  const [found, wrong] = useAsked<Registration>("/api/registration", again);
  const offered = found?.sensors.filter((s) => s.offered) ?? [];
  const others = found?.sensors.filter((s) => !s.offered && s.compared > 0) ?? [];
  return (
    <Frame title="Sensors: what they are off by" wide>
      <p>
        Where sensors see the same tracks their measurements are compared. A bias is only offered: it is taken off
        from then on when two supervisors accept it, and that cannot be undone.
      </p>
      {found && !offered.length && <p role="status">Nothing is offered: no sensor is off by more than five sigma.</p>}
      {offered.map((s) => (
        <section key={s.row}>
          <Parts sensor={s} />
          <Offer sensor={s} done={() => setAgain(again + 1)} />
        </section>
      ))}
      {others.map((s) => (
        <section key={s.row}>
          <Parts sensor={s} />
          {s.jumped && <p class="wrong">It no longer agrees with the others: it may have moved or turned.</p>}
        </section>
      ))}
      <p class="wrong" role="alert">{wrong}</p>
      <div class="buttons">
        <button type="button" onClick={() => setAgain(again + 1)}>Ask again</button>
        <button type="button" class="main" data-first onClick={close}>Close</button>
      </div>
    </Frame>
  );
}
