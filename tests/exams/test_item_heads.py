"""The heading of an item and its braces."""

import pytest

from app.exams.item_heads import Head, read_head


@pytest.mark.parametrize(
    ("heading", "head"),
    [
        ("Port? {#a}", Head("a", "Port?")),
        ("Port?  { #net-001  points=10 } ".strip(), Head("net-001", "Port?", points=10)),
        ("What does `{{ name }}` print? {#a}", Head("a", "What does `{{ name }}` print?")),
        (
            "S {type=numeric scoring=partial shuffle=no difficulty=3 objective=net.tls #a}",
            Head("a", "S", difficulty=3, objective="net.tls", type="numeric", scoring="partial", shuffle=False),
        ),
        ("S {#a lesson=basics/01-one}", Head("a", "S", lesson="basics/01-one")),
        ("S {#a pilot}", Head("a", "S", pilot=True)),
        ("S {#a pilot=yes}", Head("a", "S", pilot=True)),
        ("S {#a pilot=no}", Head("a", "S")),
    ],
)
def test_a_heading_and_its_braces(heading: str, head: Head) -> None:
    assert read_head(heading) == (head, [])


@pytest.mark.parametrize(
    ("heading", "complaint"),
    [
        ("Stem", "the item has no id: end its heading with braces, `{#some-id}`"),
        ("Stem {#a} and more", "the item has no id: end its heading with braces, `{#some-id}`"),
        ("Stem {points=2}", "the item has no id: put `#some-id` into the braces"),
        ("{#a}", "the item has no stem: write it before the braces"),
        ("S {#A_1}", "the id `A_1` is not lower-case words joined by hyphens"),
        ("S {#" + "a" * 81 + "}", "the id `" + "a" * 81 + "` is not lower-case words joined by hyphens"),
        ("S {#a #b}", "`id` is given twice"),
        ("S {#a points=11}", "`points=11`: `points` is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ("S {#a difficulty=hard}", "`difficulty=hard`: `difficulty` is one of 1, 2, 3"),
        ("S {#a shuffle=false}", "`shuffle=false`: `shuffle` is one of yes, no"),
        ("S {#a pilot=maybe}", "`pilot=maybe`: `pilot` is one of yes, no"),
        ("S {#a pilot pilot=no}", "`pilot` is given twice"),
        *(
            (f"S {{#a {word}}}", f"`{word}` names no lesson: write `lesson=<course>/<lesson>`")
            for word in ("lesson=basics", "lesson=", "lesson=a/b/c", "lesson=../b", "lesson=a/b.md", "lesson=A/b")
        ),
        ("S {#a lesson=a/b lesson=a/b}", "`lesson` is given twice"),
        ("S {#a objective=}", "`objective=` names no objective: write it as the course does"),
    ],
)
def test_a_fault_in_a_heading(heading: str, complaint: str) -> None:
    assert read_head(heading) == (None, [complaint])


@pytest.mark.parametrize("word", ["dificulty=1", "net-001", "id=a", "title=b", "=", ".class"])
def test_an_unknown_word_in_braces(word: str) -> None:
    head, [complaint] = read_head(f"S {{#a {word}}}")
    assert head is None
    assert complaint.startswith(f"`{word}` is not known in braces: write `objective=…`")


@pytest.mark.parametrize(
    "heading", ["x" + " " * 100_000 + "y", "{" * 100_000, "{#a " + "a=" * 50_000 + "}", "}" * 100_000]
)
def test_a_hostile_heading_costs_no_time(heading: str) -> None:
    head, wrong = read_head(heading)
    assert head is None
    assert wrong
