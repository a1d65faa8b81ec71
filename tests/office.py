"""What LibreOffice makes of a workbook: pages, and the rows that are too low for their text."""

import re
import subprocess
from io import BytesIO
from pathlib import Path

import openpyxl

from exchange.sheets import Book


def convert(soffice: str, source: Path, kind: str) -> Path:
    """Return the file LibreOffice makes of another, beside it."""
    (made,) = convert_all(soffice, [source], kind)
    return made


def convert_all(soffice: str, sources: list[Path], kind: str) -> list[Path]:
    """Return the files LibreOffice makes of others in one folder, in their order; started once."""
    folder = sources[0].parent
    target, profile = folder / "made", folder / "profile"
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(target),
            *map(str, sources),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [target / f"{source.stem}.{kind.partition(':')[0]}" for source in sources]


def pdf_pages(soffice: str, content: bytes, folder: Path, name: str = "report") -> list[str]:
    """Return the text of each page on which LibreOffice prints a workbook."""
    source = folder / f"{name}.xlsx"
    source.write_bytes(content)
    pdf = convert(soffice, source, "pdf")
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    return text.stdout.decode().split("\f")[:-1]


def paper(folder: Path, name: str = "report") -> list[tuple[int, int]]:
    """Return the sizes of paper, in points, of what `pdf_pages` has printed."""
    pdf = folder / "made" / f"{name}.pdf"
    info = subprocess.run(["pdfinfo", "-l", "99", pdf], check=True, capture_output=True)
    found = re.findall(r"size: *([\d.]+) x ([\d.]+) pts", info.stdout.decode())
    return [(int(float(across)), int(float(down))) for across, down in found]


def heights_needed(soffice: str, book: Book, folder: Path) -> list[tuple[str, int, float, float]]:
    """Return the rows that are lower than LibreOffice would make them for their text, as (sheet,
    row, height, height needed). It is asked by a document that states no heights; text in merged
    cells counts neither there nor in Excel."""
    return too_low(soffice, book.to_bytes(), folder)


def too_low(soffice: str, content: bytes, folder: Path) -> list[tuple[str, int, float, float]]:
    source = folder / "heights.xlsx"
    source.write_bytes(content)
    given = openpyxl.load_workbook(BytesIO(content))
    automatic = openpyxl.load_workbook(BytesIO(content))
    for sheet in automatic.worksheets:
        for row in sheet.row_dimensions.values():
            row.height = None
    automatic.save(source)
    flat = convert(soffice, source, "fods")
    without = folder / "automatic.fods"
    without.write_text(re.sub(r'style:row-height="[^"]*"', "", flat.read_text()))
    needed = openpyxl.load_workbook(convert(soffice, without, "xlsx"))
    return [
        (sheet.title, row, dimension.height, high)
        for sheet in given.worksheets
        for row, dimension in sheet.row_dimensions.items()
        if dimension.height is not None
        and (high := needed[sheet.title].row_dimensions[row].height) is not None
        and dimension.height < high
    ]
