"""An incident's report: all that the record holds of it, as one HTML file that opens offline."""

from bartizan.incidents.report.dossier import Dossier, gather
from bartizan.incidents.report.page import render
from bartizan.incidents.report.pdf import write_pdf

__all__ = ["Dossier", "gather", "render", "write_pdf"]
