"""The lint keeps quiet about good Markdown and finds the line of bad; broken/ holds the complaints one by one."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.lint import lint
from app.content.markdown import nowhere

PATH = Path("lesson.md")

GOOD = """\
Un párrafo con `<code>` y ``un ` solo``, <https://example.org>, [enlace](https://example.org "título") y nota[^1].

## Listas

1. uno

    ```python
    # no es un título, ni http://example.org un enlace
    - ni <esto> una lista
    ```

2. dos
    - anidada
        - más

        y lo que sigue

- [ ] tarea
  sin línea en blanco

> [!TIP]
> Un consejo:
>
> - con lista
>
> ```text
> <sin etiquetas>
> ```

### Tabla

| a | b |
|---|--:|
| 1 | 2 |

---

~~~~markdown
```
# nada
```
~~~~

término
: definición

<details><summary>Solución</summary>

Texto con H<sub>2</sub>O.

</details>

[^1]: Al pie, con [más](https://example.org).
"""


def test_good_markdown_is_not_complained_about() -> None:
    assert [str(complaint) for complaint in lint(GOOD, PATH)] == []


def test_lines_count_from_where_the_text_begins() -> None:
    assert [complaint.line for complaint in lint("a\n\n[b](c.md)\n", PATH, 10)] == [12]


def test_a_lost_address_is_found_on_each_line() -> None:
    text = "[a](x.md)\n\n[b](x.md)\n\n`x.md`\n"
    assert [complaint.line for complaint in lint(text, PATH)] == [1, 3]


def test_the_resolver_decides_what_leads_somewhere() -> None:
    assert lint("[a](x.md)", PATH, resolve=lambda address: "x") == []


def test_bombs_and_control_characters_are_complaints() -> None:
    assert [complaint.line for complaint in lint("a\n" + "[" * 50_000, PATH)] == [2]
    assert [complaint.line for complaint in lint("a\n" + ">" * 10_000, PATH)] == [2]
    assert [complaint.line for complaint in lint("a\n\x00", PATH)] == [2]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="#-|>`~*[]()!<a/ :1.\n", max_size=80))
def test_any_text_gets_an_answer_within_its_lines(text: str) -> None:
    for complaint in lint(text, PATH, resolve=nowhere):
        assert 1 <= complaint.line <= text.count("\n") + 1
