// Dialogues about the watch itself: keys, clear statement, drill, duty, sign-in, first set-up.
import { useEffect, useState } from "preact/hooks";
import { KEYS } from "../keys";
import { Marked } from "../panels/parts";
import type { Answer, Clear } from "../protocol";
import * as state from "../state";
import { ask, disconnect, Refused, start, tell } from "../wire";
import { close, Form, Frame } from "./frame";

type Change = { currentTarget: { value: string } };
const of = (set: (value: string) => void) => (event: Change): void => set(event.currentTarget.value);

export function Help() {
  return (
    <Frame title="Keys" wide>
      <dl class="keys">
        {KEYS.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}
      </dl>
      <div class="buttons"><button type="button" class="main" onClick={close}>Close</button></div>
    </Frame>
  );
}

function Lines(props: { title: string; lines: string[]; none: string }) {
  return (
    <>
      <h3>{props.title}</h3>
      <ul class="why">
        {props.lines.length ? props.lines.map((l) => <li key={l}><Marked text={l} short /></li>) : <li>{props.none}</li>}
      </ul>
    </>
  );
}

export function ClearStatement() {
  const [clear, setClear] = useState<Clear | null>(null);
  const [wrong, setWrong] = useState("");
  const load = (): void => {
    setClear(null);
    setWrong("");
    ask<Clear>("GET", "/api/clear").then(setClear, (error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      setWrong(error.message);
    });
  };
  useEffect(load, []);
  return (
    <Frame title="Is the airspace clear?" wide>
      {clear && (
        <>
          <p class={`verdict ${clear.can_say ? "yes" : "no"}`} role="status">
            <b>{clear.can_say ? "✓ It can be said" : "✕ It cannot be said"}</b> <Marked text={clear.statement} />
          </p>
          {!clear.can_say && <Lines title="Why not" lines={clear.why_not} none="no reason given" />}
          <Lines title="Looked at" lines={clear.volumes} none="nothing" />
          <Lines title="Blind" lines={clear.blind} none="no blind volume known" />
        </>
      )}
      <p class="wrong" role="alert">{wrong}</p>
      <div class="buttons">
        <button type="button" onClick={load}>Ask again</button>
        <button type="button" class="main" data-first onClick={close}>Close</button>
      </div>
    </Frame>
  );
}

export function Drill() {
  const running = state.live.value?.drill;
  const raids = state.site.value?.raids ?? [];
  const [raid, setRaid] = useState(raids[0] ?? "");
  const may = state.mayDrill.value;
  const gives = state.site.value?.mode === "EXERCISE";
  const send = (): Promise<Answer> =>
    running?.running
      ? tell(ask("DELETE", "/api/drill"), "The drill has ended.")
      : tell(ask("POST", "/api/drill", { raid }), "The drill has begun.");
  return (
    <Frame title="Drill">
      <p>
        A drill plays a simulated raid into the live picture. Everything it makes says EXERCISE; none of it can
        reach a real siren. {gives ? "The exercise that is shown gives way to it, and goes on after it." : "A real alarm stops the drill."}
      </p>
      {running?.running && <p role="status">Drill <b>{running.name}</b> is running.</p>}
      {!may && <p class="wrong">Only a supervisor starts or stops a drill.</p>}
      <Form send={send} verb={running?.running ? "Stop the drill" : "Start the drill"} ready={may && (running?.running === true || raid.trim() !== "")}>
        {!running?.running && (
          raids.length ? (
            <label class="field">
              Raid
              <select value={raid} onChange={of(setRaid)} data-first>
                {raids.map((r) => <option key={r} value={r}>{r}</option>)}
              </select>
            </label>
          ) : (
            <label class="field">Raid <input value={raid} onInput={of(setRaid)} placeholder="name of a raid" data-first /></label>
          )
        )}
      </Form>
    </Frame>
  );
}

export function Duty() {
  const me = state.me.value;
  const leave = async (): Promise<Answer> => {
    const answer = await tell(ask("POST", "/api/logout"), "Signed out.");
    if (!answer.ok) return answer;
    disconnect();
    state.me.value = null;
    state.mustSignIn.value = true;
    return answer;
  };
  return (
    <Frame title="On duty">
      <p><b>{me?.user}</b>, {me?.role}</p>
      <p class="small">{state.site.value?.name} · bartizan {state.site.value?.version}</p>
      <Form send={leave} verb="Sign out"><></></Form>
    </Frame>
  );
}

function Credentials(props: { title: string; verb: string; path: string; token: boolean }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [token, setToken] = useState("");
  const send = async (): Promise<Answer> => {
    const body = props.token ? { token: token.trim(), user: user.trim(), password } : { user: user.trim(), password };
    const answer = await tell(ask("POST", props.path, body), "Signed in.");
    if (answer.ok) await start();
    return answer;
  };
  const ready = user.trim() !== "" && password !== "" && (!props.token || token.trim() !== "");
  return (
    <div class="door">
      <main class="credentials">
        <h1>bartizan</h1>
        <h2>{props.title}</h2>
        {props.token && <p>The service printed a one-time token when it started for the first time.</p>}
        <CredentialForm send={send} verb={props.verb} ready={ready}>
          {props.token && (
            <label class="field">Token <input value={token} onInput={of(setToken)} autocomplete="off" required /></label>
          )}
          <label class="field">User <input value={user} onInput={of(setUser)} autocomplete="username" required /></label>
          <label class="field">
            Password
            <input
              type="password" value={password} onInput={of(setPassword)} required
              autocomplete={props.token ? "new-password" : "current-password"}
            />
          </label>
        </CredentialForm>
      </main>
    </div>
  );
}

function CredentialForm(props: { send: () => Promise<Answer>; verb: string; ready: boolean; children: preact.ComponentChildren }) {
  const [wrong, setWrong] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const answer = await props.send();
    setWrong(answer.ok ? "" : answer.text);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      {props.children}
      <p class="wrong" role="alert">{wrong}</p>
      <div class="buttons"><button type="submit" class="main" disabled={!props.ready}>{props.verb}</button></div>
    </form>
  );
}

export const SignIn = () => <Credentials title="Sign in" verb="Sign in" path="/api/login" token={false} />;
export const SetUp = () => <Credentials title="First start: the supervisor's account" verb="Set up" path="/api/setup" token />;
