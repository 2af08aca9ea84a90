"""Checking a document: the PDF or the badge that somebody holds, dropped on the page, with a verdict for each check."""

from flask import render_template, request

from app.web.checking import NoDocument, in_words, verified


def verify_document() -> str | tuple[str, int]:
    """What each check says, and what our register says of the credential that it claims to be."""
    file = request.files.get("file")
    data = file.read() if file else b""
    if not data:
        return render_template("public/verify.html", asked="", no_file=NoDocument()), 422
    report = verified(data)
    return render_template(
        "public/verified.html",
        name=(file.filename if file else "") or "",
        credential=report.credential,
        record=report.credential.data if report.credential else None,
        checks=[in_words(check) for check in report.checks],
        holds=report.holds,
    )
