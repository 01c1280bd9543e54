"""The report's page as PDF, by an optional extra.

In: HTML.  Out: a PDF file.  Does not: lay anything out itself.
"""

from __future__ import annotations

import re
from pathlib import Path

from bartizan.errors import InputError

# WeasyPrint gives a drawing none of the page's style; the matrix needs the wide side of the paper.
_DRAWN = (
    "<style>text{font:12px sans-serif}.small{font-size:10px}"
    ".wm{fill:#5b2a86;fill-opacity:.1;font-weight:700;font-size:34px}</style>"
)
_PAPER = (
    "@page{size:A4 landscape;margin:12mm}body{font-size:9pt;max-width:none;padding:0}"
    "table{font-size:7.5pt;width:100%}td,th{overflow-wrap:anywhere;padding:2px 4px}svg{max-height:165mm}"
)


def write_pdf(html: str, path: Path) -> None:
    """Writes the page as PDF.  Raises InputError where WeasyPrint or its libraries are missing."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as e:  # OSError: Pango is not there
        raise InputError(
            f"a PDF needs WeasyPrint and Pango: pip install 'bartizan[pdf]' ({e})"
        ) from e
    html = re.sub(r"(<svg\b[^>]*>)", rf"\1{_DRAWN}", html)
    html = html.replace("</style></head>", f"{_PAPER}</style></head>", 1)
    HTML(string=html, url_fetcher=_refuse).write_pdf(path)


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"a report fetches nothing: {url}")
