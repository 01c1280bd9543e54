"""The text for Prometheus, read by its own client's parser."""

from __future__ import annotations

import math

import pytest

from bartizan.outlets.metrics import BUCKETS_S, Metrics
from bartizan.types import EventKind, Mode

parser = pytest.importorskip("prometheus_client.parser")


def families(text: str) -> dict:
    return {f.name: f for f in parser.text_string_to_metric_families(text)}


def test_what_is_counted_is_what_was(kept) -> None:
    m = Metrics(Mode.EXERCISE)
    for o in kept.outputs:
        m.see(o)
    m.refuse("radar")
    m.refuse("radar")
    m.refuse('a "bad"\nname\\')
    for s in (0.001, 0.04, 0.2, 99.0):
        m.time(s)
    found = families(m.text())
    one = {name: f.samples[0].value for name, f in found.items()}
    last = kept.outputs[-1]
    assert one["bartizan_scans"] == len(kept.outputs)
    assert one["bartizan_detections"] == sum(len(o.association.label) for o in kept.outputs)
    assert one["bartizan_tracks"] == len(last.tracks.label)
    assert one["bartizan_alarms"] == 0
    raised = sum(e.kind is EventKind.ALARM for o in kept.outputs for e in o.watch.events)
    assert one["bartizan_alarms_raised"] == raised >= 1
    refused = {s.labels["feed"]: s.value for s in found["bartizan_refused"].samples}
    assert refused == {"radar": 2.0, 'a "bad"\nname\\': 1.0}
    posture = {s.labels["level"]: s.value for s in found["bartizan_posture"].samples}
    assert posture[last.watch.posture.level.name] == 1.0
    assert sum(posture.values()) == 1.0
    assert {f.type for f in found.values()} == {"counter", "gauge", "histogram"}


def test_the_histogram_adds_up() -> None:
    m = Metrics(Mode.LIVE)
    seen = [0.001, 0.005, 0.04, 0.2, 0.2, 99.0]
    for s in seen:
        m.time(s)
    f = families(m.text())["bartizan_latency_seconds"]
    buckets = {float(s.labels["le"]): s.value for s in f.samples if s.name.endswith("_bucket")}
    assert list(buckets) == [*BUCKETS_S, math.inf]
    for bound, n in buckets.items():
        assert n == sum(s <= bound for s in seen)
    assert next(s.value for s in f.samples if s.name.endswith("_sum")) == pytest.approx(sum(seen))


def test_no_label_is_a_track_and_every_sample_says_its_mode(kept) -> None:
    m = Metrics(Mode.EXERCISE)
    counts = []
    for k, o in enumerate(kept.outputs):
        m.see(o)
        if k % 100 == 0:
            counts.append(len(m.text().splitlines()))
    assert len(set(counts)) == 1
    for f in families(m.text()).values():
        for s in f.samples:
            assert s.labels["mode"] == "exercise"
            assert set(s.labels) <= {"mode", "feed", "level", "le"}


def test_names_that_a_feed_makes_up_do_not_fill_the_memory() -> None:
    m = Metrics(Mode.EXERCISE)
    for k in range(5000):
        m.refuse(f"radar {k}")
    lines = [x for x in m.text().splitlines() if x.startswith("bartizan_refused_total")]
    assert len(lines) == 101
    assert sum(int(x.split()[-1]) for x in lines) == 5000
