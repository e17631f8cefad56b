"""What pages load: the files that Vite made of ``web/``, under names that change with their content."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from claimgraph.web.errors import NothingHere

FOLDER = Path(__file__).parent / "static"
ADDRESS = "/assets/"
_YEAR = "public, max-age=31536000, immutable"
_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_NAMED = ("icon.svg", "licences.txt")  # whose names stay what they are
_OURS = ("manifest.json", "built-of")  # nobody's to load


class Assets:
    """The files of one build; of none where the pages have not been built."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._names = frozenset(path.name for path in folder.glob("*.*") if path.name not in _OURS) if folder.is_dir() else frozenset()
        manifest = folder / "manifest.json"
        self._manifest: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        self._entries = {entry["name"]: entry for entry in self._manifest.values() if entry.get("isEntry")}
        self._read = cache(lambda name: (folder / name).read_bytes())

    @property
    def built(self) -> bool:
        """Whether there is anything to load."""
        return bool(self._entries)

    def tags(self, name: str) -> Markup:
        """The elements of a page's head that load an entry (``site``): its styles, its script, and what that imports at once."""
        entry = self._entries.get(name)
        if entry is None:
            return Markup()
        parts = self._imported(entry)
        styles = dict.fromkeys(style for part in (*parts, entry) for style in part.get("css", ()))
        fonts = [asset for asset in entry.get("assets", ()) if asset.endswith(".woff2")]
        lines = [Markup('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>').format(ADDRESS + font) for font in fonts]
        lines += [Markup('<link rel="stylesheet" href="{}">').format(ADDRESS + style) for style in styles]
        lines += [Markup('<link rel="modulepreload" href="{}">').format(ADDRESS + part["file"]) for part in parts]
        lines.append(Markup('<script type="module" src="{}"></script>').format(ADDRESS + entry["file"]))
        return Markup("\n").join(lines)

    def _imported(self, entry: dict[str, Any]) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}

        def walk(one: dict[str, Any]) -> None:
            for key in one.get("imports", ()):
                if key not in found:
                    found[key] = self._manifest[key]
                    walk(found[key])

        walk(entry)
        return list(found.values())

    async def file(self, request: Request) -> Response:
        """Answer a request for a file: packed where the client takes that. Raises :class:`NothingHere`."""
        name = request.scope["path"].removeprefix(ADDRESS)
        if name not in self._names or name.endswith(".gz"):
            raise NothingHere("No file of the pages has this name: load the page again.")
        headers = {
            "Cache-Control": "no-cache" if name in _NAMED else _YEAR,
            "Content-Type": _KINDS.get(Path(name).suffix, "application/octet-stream"),
        }
        if f"{name}.gz" in self._names:
            headers["Vary"] = "Accept-Encoding"
            if _takes_gzip(request.headers.get("accept-encoding", "")):
                name, headers["Content-Encoding"] = f"{name}.gz", "gzip"
        return Response(self._read(name), headers=headers)


def _takes_gzip(accepted: str) -> bool:
    wishes = {coding.strip().lower(): weight.replace(" ", "") for coding, _, weight in (part.partition(";") for part in accepted.split(","))}
    found = wishes.get("gzip", wishes.get("*"))
    return found is not None and found not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
