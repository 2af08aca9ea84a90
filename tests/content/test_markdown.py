"""Markdown becomes safe HTML: what it shows, what it never lets through, and how long it may take."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.dialect import parser
from app.content.limits import MAX_CHARACTERS, MAX_LINE, too_complex
from app.content.markdown import Heading, MarkdownTooComplex, render, render_inline
from app.content.safe_html import TAGS


class Seen(HTMLParser):
    """The tags, attributes and ids of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def ids(self) -> list[str]:
        return [value for name, value in self.attributes if name == "id"]


def assert_safe(html: str) -> None:
    seen = Seen(html)
    assert seen.tags <= TAGS
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name != "style"
        if name in ("href", "src"):
            assert value.startswith(("https://", "mailto:", "#", "shown/"))


def shown(address: str) -> str:
    return f"shown/{address}"


def test_admonitions_have_a_title_in_the_readers_language() -> None:
    text = "> [!WARNING]\n> Cuidado.\n>\n> - uno\n"
    html = render(text, language="es").html
    assert '<div class="admonition warning">\n<p class="admonition-title">Advertencia</p>\n<p>Cuidado.</p>' in html
    assert "<li>uno</li>" in html
    assert '<p class="admonition-title">Warning</p>' in render(text, language="en").html


def test_a_quote_that_begins_with_the_word_note_is_a_quote() -> None:
    assert "admonition" not in render("> Note\n> that this is a quote").html


def test_headings_are_listed_with_their_ids() -> None:
    rendered = render("## Qué & cómo\n\n### `x < y`\n\n## Qué & cómo\n")
    assert [(heading.level, heading.text) for heading in rendered.headings] == [
        (2, "Qué & cómo"),
        (3, "x < y"),
        (2, "Qué & cómo"),
    ]
    assert Seen(rendered.html).ids() == [heading.id for heading in rendered.headings]
    assert len(set(Seen(rendered.html).ids())) == 3


def test_fragments_with_a_prefix_share_a_page() -> None:
    text = "## Uno\n\nNota[^1], otra[^1] y [arriba](#uno).\n\n[^1]: Al pie.\n"
    first, second = render(text, prefix="a-"), render(text, prefix="b-")
    assert first.headings == (Heading(2, "a-uno", "Uno"),)
    assert not set(Seen(first.html).ids()) & set(Seen(second.html).ids())
    for rendered in (first, second):
        targets = {value[1:] for name, value in Seen(rendered.html).attributes if name == "href"}
        assert targets <= set(Seen(rendered.html).ids())
        assert not rendered.lost


def test_no_text_leaves_anything_to_the_next() -> None:
    plain = "HTML y [enlace][a]\n\n## Uno\n\nNota[^1]\n"
    before = render(plain)
    render("*[HTML]: Lenguaje\n\n[a]: https://example.org\n\n## Uno\n\nHTML[^1]\n\n[^1]: Al pie.\n", prefix="b-")
    assert render(plain) == before
    with pytest.raises(RecursionError):
        _break_off()
    assert render(plain) == before


def _break_off() -> None:
    """An error in the midst of a list."""
    with parser("es", "c-") as md:
        md.parser.state.set("list")
        raise RecursionError


def test_details_hold_markdown_and_code_keeps_its_tags() -> None:
    html = render("<details><summary>Solución</summary>\n\n**Sí**\n\n```html\n<details>\n```\n\n</details>\n").html
    assert html.startswith("<details>\n<summary>Solución</summary>\n<p><strong>Sí</strong></p>")
    assert "&lt;" in html
    assert html.rstrip().endswith("</details>")


def test_code_is_highlighted_by_classes() -> None:
    html = render("```python\ndef f(): pass\n```").html
    assert '<span class="k">def</span>' in html
    assert "style=" not in html


def test_tables_say_which_cells_are_headers_and_scroll_by_keyboard() -> None:
    html = render("| a | b |\n|---|--:|\n| 1 | 2 |\n").html
    assert html.startswith('<div class="table-responsive" tabindex="0">')
    assert '<th class="text-end" scope="col">b</th>' in html
    assert '<td class="text-end">2</td>' in html


def test_the_rest_of_the_dialect() -> None:
    text = "HTML ==mark== ~~no~~\n\n*[HTML]: Language\n\n- [x] hecho\n- [ ] falta\n\ntérmino\n: definición\n"
    html = render(text).html
    for part in ('<abbr title="Language">HTML</abbr>', "<mark>mark</mark>", "<del>no</del>", "<dd>definición</dd>"):
        assert part in html
    assert '<li class="task-list-item">☑ hecho</li>' in html
    assert "☐ falta" in html


def test_relative_addresses_go_through_the_resolver_and_the_others_are_lost() -> None:
    text = "[a](02-x.md) ![b](../media/f.svg) [c](https://example.org) ![d](https://example.org/x.png) [e](//evil)"
    rendered = render(text, resolve=shown)
    assert 'href="shown/02-x.md"' in rendered.html
    assert 'src="shown/../media/f.svg"' in rendered.html
    assert 'href="https://example.org"' in rendered.html
    assert rendered.lost == ("https://example.org/x.png", "//evil")
    assert render("[a](02-x.md)").lost == ("02-x.md",)


ATTACKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61;vascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x]( javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:x) [y](data:text/html;base64,PHNjcmlwdD4=) [z](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x]\n\n[x]: javascript:alert(1)",
    '<a href="java&#10;script:alert(1)">x</a>',
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](file:///etc/passwd) ![y](//evil/x.png) ![z](/\\evil)",
    '![x" onerror="alert(1)](media/f.svg)',
    '<img src=x onerror="alert(1)">',
    "<iframe src=https://example.org></iframe>",
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<details open ontoggle=alert(1)>x</details>",
    '<p style="position:fixed">x</p><form action=/x><input name=y></form>',
    '<base href="https://evil/"><meta http-equiv=refresh content="0;url=https://evil">',
    '```"><script>alert(1)</script>\nx\n```',
    "## x {onclick=alert(1)}",
    '[x](https://a.b "\\" onmouseover=alert(1) \\"")',
    "[^<script>]\n\n[^<script>]: x",
    '*[a]: "><script>alert(1)</script>\n\na',
    '<div class="modal position-fixed" id="exam">x</div>',
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_come_out_harmless(attack: str) -> None:
    text = attack.replace("\x01", "")
    assert_safe(render(text, resolve=shown).html)
    assert_safe(render_inline(text))


def test_the_parsers_own_placeholders_cannot_be_written() -> None:
    html = render("`secret` \x02klzzwxh:0000\x03 \x02wzxhzdk:0\x03 \x00").html
    assert html.count("secret") == 1
    assert "\x02" not in html


def test_classes_and_ids_of_the_interface_cannot_be_borrowed() -> None:
    html = render('<div class="modal position-fixed note" id="exam">x</div>').html
    assert 'class="note"' in html
    assert "exam" not in html


MARKS = tuple("<>\"'&#()[]!`*_:/\\ \n=xa")
WORDS = (
    "javascript:",
    "data:",
    "&#106;",
    "&colon;",
    "<script>",
    "</script>",
    "<img src=",
    " onerror=",
    "<svg>",
    "<!--",
)
STARTS = ("-->", "<style>", "<a href=", "[x](", "![x](", "```", "> ", "- ", "https://", "<details>", "[^1]", "{{7*7}}")
PIECES = st.sampled_from((*MARKS, *WORDS, *STARTS))


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_mixture_of_pieces_is_harmful(text: str) -> None:
    assert_safe(render(text, resolve=shown).html)
    assert_safe(render_inline(text))


def test_templates_in_text_stay_text() -> None:
    assert render("{{ config }} {% x %}").html == "<p>{{ config }} {% x %}</p>"


def test_a_line_is_never_a_list_a_heading_or_a_paragraph() -> None:
    assert render_inline("1. uno") == "1. uno"
    assert render_inline("# dos **y** `tres`") == "# dos <strong>y</strong> <code>tres</code>"
    assert render_inline("> cita\n\n- x") == "&gt; cita - x"
    assert render_inline("    443") == "443"


BOMBS = {
    "brackets": "[" * 50_000,
    "quotes": ">" * 10_000,
    "quoted lines": "> " * 10_000,
    "lists": "\n".join("    " * depth + "- a" for depth in range(300)),
    "long": "a" * (MAX_CHARACTERS + 1),
    "line": "a" * (MAX_LINE + 1),
    "lines": "# a\n" * 15_000,
    "tags": "<a " * 5_000,
    "addresses": "<http://" * 5_000,
    "definitions": "".join(f"*[a{n}]: b\n" for n in range(1_000)),
    "stars": "*a " * 20_000,
    "lists on one line": "1. " * 1_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_before_they_are_parsed(bomb: str) -> None:
    start = time.process_time()
    with pytest.raises(MarkdownTooComplex):
        render(BOMBS[bomb])
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "mark", ["![", "[a](", "*[", "<a ", "<http://", "**a ", "`", "|a", "~~a", "&", "```\n", "1. a"]
)
def test_what_is_just_allowed_is_quick(mark: str) -> None:
    """The most of a mark that the limits let through, on lines as long as they let through."""
    line = (mark * MAX_LINE)[: MAX_LINE - 100]
    texts = ["\n".join([line] * n) for n in range(1, 16)] + [mark * n for n in range(100, 1_000, 100)]
    text = max((text for text in texts if too_complex(text) is None), key=len)
    start = time.process_time()
    render(text)
    assert time.process_time() - start < 2


def test_slugs_hold_no_markup() -> None:
    ids = [heading.id for heading in render('## <b onclick=x>a</b> "quoted" & more\n').headings]
    assert all(re.fullmatch(r"[\w-]+", each) for each in ids)
