// Small parts that several panels use.
import type { ComponentChildren } from "preact";
import { address } from "../symbols";
import type { Identity } from "../protocol";
import { unmarked } from "../words";

export function Symbol(props: { identity: Identity; cls: string; size: number }) {
  return <img src={address(props.identity, props.cls)} width={props.size} height={props.size} alt="" />;
}

export const Key = (props: { children: ComponentChildren }) => <kbd aria-hidden="true">{props.children}</kbd>;

/** A text of the service: the mode's mark is set apart, never left out. */
export function Marked(props: { text: string; short?: boolean }) {
  const { mark, rest } = unmarked(props.text);
  if (!mark) return <>{rest}</>;
  return (
    <>
      <span class={props.short ? "mark short" : "mark"} title={mark}>{props.short ? mark.split(" ")[0] : mark}</span> {rest}
    </>
  );
}
