"""The documents keep up with the sources: links lead somewhere, and what the ledger names exists.

Text is searched and nothing is run, so these need neither root nor a sandbox nor anything built.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "docs" / "rfc6275.md"
PATENTS = ROOT / "docs" / "patents.md"
END_TO_END = Path(__file__).resolve().parent

COLUMNS = ["section", "requirement", "who", "where", "test", "status"]
PATENT_COLUMNS = ["item", "feature", "where", "test", "status"]
PATENT_ITEMS = [
    *(
        f"H-{number:02}"
        for first, last in [
            (1, 5),
            (10, 17),
            (20, 30),
            (40, 43),
            (50, 64),
            (70, 72),
            (80, 92),
            (95, 95),
            (100, 104),
            (110, 114),
            (120, 120),
            (130, 130),
            (140, 140),
            (150, 153),
        ]
        for number in range(first, last + 1)
    ),
    *(f"HC-{number}" for number in range(1, 6)),
    *(f"N-{number:02}" for number in range(1, 36)),
    *(f"NC-{number}" for number in range(1, 14)),
    *(f"A-{number}" for number in range(31, 39)),
]
PARTS = {"mobile-ip", "controller", "home-agent", "mobile-node"}
REASONED = re.compile(r"(deviates|not applicable|not yet) \(.+\)")

CODE = re.compile(r"`([^`]+)`")
JUNIT = re.compile(r"(\w+)#(\w+)")
PYTEST = re.compile(r"([\w/]+\.py)::(\w+)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

Row = dict[str, str]


def rows_of(text: str, columns: list[str]) -> list[Row]:
    """The rows of all tables of a ledger, without their heads."""
    rows = []
    for line in text.splitlines():
        if not line.startswith("|") or set(line) <= set("|- "):
            continue
        cells = [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
        assert len(cells) == len(columns), f"{len(cells)} columns instead of {len(columns)}: {line}"
        if cells != columns:
            rows.append(dict(zip(columns, cells, strict=True)))
    return rows


@cache
def java_sources() -> dict[str, list[Path]]:
    """Java files by class name; modules may have classes of the same name. Build directories are left out."""
    found: dict[str, list[Path]] = {}
    for path in ROOT.glob("**/src/*/java/**/*.java"):
        if "target" not in path.relative_to(ROOT).parts:
            found.setdefault(path.stem, []).append(path)
    return found


def junit_test_exists(name: str, method: str) -> bool:
    """Whether a test class of that name has an annotated method of that name."""
    test = re.compile(rf"@\w*Test\b(?:(?!\bvoid\b).)*\bvoid {method}\(", re.DOTALL)
    paths = [path for path in java_sources().get(name, []) if "test" in path.parts]
    return any(test.search(path.read_text(encoding="utf-8")) for path in paths)


def pytest_test_exists(file: str, function: str) -> bool:
    path = END_TO_END / file
    return path.is_file() and bool(re.search(rf"^def {function}\(", path.read_text(encoding="utf-8"), re.MULTILINE))


def missing_tests(cell: str) -> list[str]:
    """What is wrong with a cell that names tests."""
    if cell == "none":
        return []
    names = CODE.findall(cell)
    problems = [] if names else [f"neither a test nor the word none: {cell!r}"]
    for name in names:
        if match := JUNIT.fullmatch(name):
            exists = junit_test_exists(*match.groups())
        elif match := PYTEST.fullmatch(name):
            exists = pytest_test_exists(*match.groups())
        else:
            exists = False
        if not exists:
            problems.append(f"no such test: {name}")
    return problems


def problems_of(row: Row) -> list[str]:
    problems = missing_tests(row["test"])
    problems += [f"no such class: {name}" for name in CODE.findall(row["where"]) if name not in java_sources()]
    if "who" in row:
        problems += [f"no such part: {part}" for part in set(row["who"].split(", ")) - PARTS]
    if row["status"] == "done":
        if row["test"] == "none":
            problems.append("done, but no test proves it")
    elif not REASONED.fullmatch(row["status"]):
        problems.append(f"a status without its reason, or none at all: {row['status']!r}")
    return problems


def test_ledger_names_what_exists() -> None:
    """Every class and test in it is there, and nothing is called done without a test."""
    rows = rows_of(LEDGER.read_text(encoding="utf-8"), COLUMNS)
    problems = [f"{row['section']} {row['requirement']}: {problem}" for row in rows for problem in problems_of(row)]

    assert rows
    assert not problems, "\n".join(problems)


def test_patent_table_has_every_item_and_names_what_exists() -> None:
    """Each item once, and what it names is there."""
    rows = rows_of(PATENTS.read_text(encoding="utf-8"), PATENT_COLUMNS)
    problems = [f"{row['item']} {row['feature']}: {problem}" for row in rows for problem in problems_of(row)]

    assert not problems, "\n".join(problems)
    assert sorted(row["item"] for row in rows) == sorted(PATENT_ITEMS)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("test", "`AddressTest#noSuchMethod`", "no such test: AddressTest#noSuchMethod"),
        ("test", "`NoSuchTest#knowsItsKind`", "no such test: NoSuchTest#knowsItsKind"),
        ("test", "`test_documents.py::test_nothing`", "no such test: test_documents.py::test_nothing"),
        ("test", "`test_nothing.py::test_links`", "no such test: test_nothing.py::test_links"),
        ("test", "some test", "neither a test nor the word none: 'some test'"),
        ("test", "none", "done, but no test proves it"),
        ("where", "`NoSuchClass`", "no such class: NoSuchClass"),
        ("who", "switch", "no such part: switch"),
        ("status", "deviates", "a status without its reason, or none at all: 'deviates'"),
    ],
)
def test_ledger_with_a_mistake_is_told(column: str, value: str, problem: str) -> None:
    good = {"who": "mobile-ip", "where": "`Ipv6Address`", "test": "`AddressTest#knowsItsKind`", "status": "done"}

    assert problems_of(good) == []
    assert problems_of({**good, column: value}) == [problem]


@pytest.mark.parametrize(
    "document",
    [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_lead_to_files(document: Path) -> None:
    text = FENCED.sub("", document.read_text(encoding="utf-8"))
    targets = [target for target in LINK.findall(text) if not re.match(r"[a-z]+:|#", target)]
    missing = [target for target in targets if not (document.parent / target.partition("#")[0]).exists()]

    assert not missing
