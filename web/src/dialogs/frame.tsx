// The frame of every dialogue: modal, first field focused, Esc closes, focus back to the map.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { toMap } from "../keys";
import * as state from "../state";
import type { Answer } from "../protocol";

export const close = (): void => void (state.dialog.value = null);

export function Frame(props: { title: string; children: ComponentChildren; wide?: boolean; firm?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  // Before the next key can come: a fast hand types on.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    for (const wanted of ["[data-first]", "input, select, textarea", "button.main", "button"]) {
      const found = dialog?.querySelector<HTMLElement>(wanted);
      if (!found) continue;
      found.focus();
      break;
    }
    return () => {
      dialog?.close();
      toMap();
    };
  }, []);
  return (
    <dialog
      ref={ref} class={props.wide ? "wide" : ""} aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        if (!props.firm) close();
      }}
    >
      <h2 id="dialog-title">{props.title}</h2>
      {state.exercise.value && <strong class="badge exercise">EXERCISE</strong>}
      {props.children}
    </dialog>
  );
}

/** A form that sends one thing, shows a refusal in place and closes when it was taken. */
export function Form(props: {
  send: () => Promise<Answer>; verb: string; children: ComponentChildren; ready?: boolean; keep?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || props.ready === false) return;
    setBusy(true);
    setWrong("");
    const answer = await props.send();
    setBusy(false);
    if (!answer.ok) setWrong(answer.text);
    else if (!props.keep) close();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      {props.children}
      <p class="wrong" role="alert">{wrong}</p>
      <div class="buttons">
        <button type="button" onClick={close}>Cancel <kbd aria-hidden="true">Esc</kbd></button>
        <button type="submit" class="main" disabled={busy || props.ready === false}>{props.verb}</button>
      </div>
    </form>
  );
}
