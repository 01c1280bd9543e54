"""The report's page as PDF, by an optional extra.

In: HTML.  Out: a PDF file.  Does not: lay anything out itself.
"""

from __future__ import annotations

from pathlib import Path

from bartizan.errors import InputError


def write_pdf(html: str, path: Path) -> None:
    """Writes the page as PDF.  Raises InputError where WeasyPrint or its libraries are missing."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as e:  # OSError: Pango is not there
        raise InputError(
            f"a PDF needs WeasyPrint and Pango: pip install 'bartizan[pdf]' ({e})"
        ) from e
    HTML(string=html, url_fetcher=_refuse).write_pdf(path)


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"a report fetches nothing: {url}")
