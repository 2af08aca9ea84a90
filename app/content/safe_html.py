"""The HTML that content may hold: an explicit list of tags, attributes, classes and links; all else is removed."""

from collections.abc import Callable

import nh3
from pygments.token import STANDARD_TYPES

ADMONITIONS = ("note", "tip", "important", "warning", "caution")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_TABLE_TAGS = ("table", "tbody", "td", "th", "thead", "tr")
_LIST_TAGS = ("dd", "dl", "dt", "li", "ol", "ul")
INLINE_TAGS = frozenset(("a", "abbr", "br", "code", "del", "em", "kbd", "mark", "span", "strong", "sub", "sup"))
TAGS = INLINE_TAGS.union(
    _HEADINGS, _TABLE_TAGS, _LIST_TAGS, ("blockquote", "details", "div", "hr", "img", "p", "pre", "summary")
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    **{tag: {"id"} for tag in (*_HEADINGS, "sup", "li")},
}
_VALUES = {"th": {"scope": {"col"}}, "div": {"tabindex": {"0"}}}
_CLASSES = {
    "a": {"footnote-ref", "footnote-backref"},
    "div": {"admonition", *ADMONITIONS, "footnote", "highlight", "table-responsive"},
    "li": {"task-list-item"},
    "p": {"admonition-title"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "td": {"text-center", "text-end"},
    "th": {"text-center", "text-end"},
}
Follow = Callable[[str, str], str | None]


def clean(html: str, follow: Follow, tags: frozenset[str] = TAGS) -> str:
    """`follow` turns each `href` or `src` (named first) and its address into the one to show, or None to remove it."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        return follow(name, value) if name in ("href", "src") else value

    return nh3.clean(
        html,
        tags=set(tags),
        clean_content_tags={"script", "style", "iframe", "object", "noscript", "template", "textarea"},
        attributes={tag: names for tag, names in _ATTRIBUTES.items() if tag in tags},
        attribute_filter=attribute,
        tag_attribute_values={tag: values for tag, values in _VALUES.items() if tag in tags},
        # A wide block of code scrolls, so the keyboard must reach it.
        set_tag_attribute_values={"pre": {"tabindex": "0"}} if "pre" in tags else {},
        allowed_classes={tag: names for tag, names in _CLASSES.items() if tag in tags},
        url_schemes={"https", "mailto"},
        link_rel=None,
    )
