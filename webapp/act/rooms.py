"""The blueprint of the act's pages."""

from flask import Blueprint

bp = Blueprint("act", __name__, template_folder="templates", url_prefix="/act")
