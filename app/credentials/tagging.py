"""What a certificate holds beside its drawing: the parts a screen reader tells apart, metadata, and attached files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Object, Pdf, Stream, String
from reportlab.pdfgen.canvas import Canvas

PAGE_KEY, LINK_KEY = 0, 1  # of the tree that leads from a page or an annotation to its parts
TYPES = {"json": "application/json"}

METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq>{authors}</rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>Acredita</xmp:CreatorTool>
<xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate><xmp:ModifyDate>{day}T00:00:00Z</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class Description(NamedTuple):
    """What the document says of itself; `day` is an ISO date."""

    title: str
    authors: Sequence[str]
    subject: str
    language: str
    day: str


class Part(NamedTuple):
    """A part of the page: its role (H1, P, Figure, Link), what is read aloud, and for a picture where it is."""

    role: str
    text: str
    box: tuple[float, float, float, float] | None


class TaggedCanvas(Canvas):
    """A canvas that notes which operators belong to which part of the page, in the order of reading."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.parts: list[Part] = []

    @contextmanager
    def part(self, role: str, text: str, box: tuple[float, float, float, float] | None = None) -> Iterator[None]:
        """Draw one part; parts do not lie within each other. A link is the picture that leads somewhere."""
        self.addLiteral(f"/{'Figure' if box else role} <</MCID {len(self.parts)}>> BDC")
        self.parts.append(Part(role, text, box))
        yield
        self.addLiteral("EMC")


def finish(drawn: bytes, parts: Sequence[Part], about: Description, attachments: Mapping[str, bytes]) -> bytes:
    """The one-page document with its structure, its metadata and its files; the same bytes for the same arguments."""
    finished = BytesIO()
    with Pdf.open(BytesIO(drawn)) as pdf:
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Metadata = Stream(pdf, _metadata(about), Type=Name.Metadata, Subtype=Name.XML)
        _add_structure(pdf, parts)
        for name, data in attachments.items():
            _attach(pdf, name, data)
        pdf.save(finished, deterministic_id=True, min_version="1.7")
    return finished.getvalue()


def _metadata(about: Description) -> bytes:
    return METADATA.format(
        title=escape(about.title),
        authors="".join(f"<rdf:li>{escape(author)}</rdf:li>" for author in about.authors),
        subject=escape(about.subject),
        language=about.language,
        day=about.day,
    ).encode()


def _attach(pdf: Pdf, name: str, data: bytes) -> None:
    kind = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    spec = AttachedFileSpec(pdf, data, description="", filename=name, mime_type=kind, creation_date="", mod_date="")
    spec.obj.AFRelationship = Name.Data
    pdf.attachments[name] = spec  # and in /AF of the document, as what says how it relates to it


def _add_structure(pdf: Pdf, parts: Sequence[Part]) -> None:
    page = pdf.pages[0].obj
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    owners, children, links = [], [], []
    for place, part in enumerate(parts):
        parent: Object = document
        if part.role == "Link":
            parent = _link(pdf, document, page, part)
            links = [LINK_KEY, parent]
        element = _element(pdf, parent, page, part, place)
        owners.append(element)
        if part.role == "Link":
            parent.K.insert(0, element)
        children.append(parent if part.role == "Link" else element)
    document.K = Array(children)
    root.K = Array([document])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array([PAGE_KEY, Array(owners), *links])))
    root.ParentTreeNextKey = LINK_KEY + 1
    pdf.Root.StructTreeRoot = root
    page.StructParents = PAGE_KEY
    page.Tabs = Name.S


def _element(pdf: Pdf, parent: Object, page: Object, part: Part, place: int) -> Object:
    element = Dictionary(Type=Name.StructElem, P=parent, Pg=page, K=place)
    if part.box:
        element.S, element.Alt = Name.Figure, String(part.text)
        element.A = Dictionary(O=Name.Layout, BBox=Array([round(edge, 2) for edge in part.box]), Placement=Name.Block)
    else:
        element.S, element.ActualText = Name("/" + part.role), String(part.text)
    return pdf.make_indirect(element)


def _link(pdf: Pdf, document: Object, page: Object, part: Part) -> Object:
    """The page's one annotation, and the picture below which it lies."""
    annotation = page.Annots[0]
    annotation.Contents, annotation.StructParent = String(part.text), LINK_KEY
    reference = Dictionary(Type=Name.OBJR, Obj=annotation, Pg=page)
    return pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Link, P=document, Pg=page, K=Array([reference])))
