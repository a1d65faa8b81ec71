"""Plans in and out of workbooks from the command line."""

from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from municipalities.history import Door
from municipalities.models import Municipality
from municipalities.uploads.marked import RESULT
from plans.models import BasicGoal, Plan

from . import factories as make
from .plan_pages import PARK_PLAN, cell_of, edited, filled_template

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def run(*args: object, **options: object) -> str:
    out = StringIO()
    call_command(*map(str, args), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def town() -> Municipality:
    return make.make_municipality("kita", name="きた市")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "parks.xlsx"
    path.write_bytes(filled_template(**PARK_PLAN))
    return path


def test_the_template_is_a_workbook_one_fills_in(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    assert f"{path} に書き出しました" in run("plan_template", path)
    assert "計画" in openpyxl.load_workbook(path).sheetnames


def test_a_workbook_becomes_a_plan_and_goes_out_again(
    town: Municipality, workbook: Path, tmp_path: Path
) -> None:
    said = run("import_plan", workbook, municipality="kita", reason="初期登録")
    assert said.splitlines() == [
        *(f"{name}：新規1件" for name in ("計画", "基本目標", "系列", "指標", "目標")),
        "［確認］指標 1-1：向きを「増えるほど良い」と提案しました。"
        "確かめるまで判定には使いません。",
        "「公園計画」を新しい素案としてつくりました。",
    ]
    history = Plan.objects.get().history.get()
    assert (history.door, history.history_change_reason) == (Door.COMMAND, "初期登録")

    path = tmp_path / "out.xlsx"
    assert "「公園計画」を" in run("export_plan", "kita", "parks", path)
    said = run("import_plan", path, municipality="kita")
    assert "計画：変更なし1件" in said
    assert said.endswith("「公園計画」と同じ内容です。何も変えていません。\n")
    assert Plan.history.count() == 1


def test_a_look_writes_nothing(town: Municipality, workbook: Path) -> None:
    said = run("import_plan", workbook, municipality="kita", dry_run=True)
    assert "計画：新規1件" in said
    assert said.endswith("「公園計画」を新しい素案としてつくります。まだ何も書き込んでいません。\n")
    assert not Plan.objects.exists()


def test_changes_are_made(town: Municipality, workbook: Path, tmp_path: Path) -> None:
    run("import_plan", workbook, municipality="kita")

    def edit(book: openpyxl.Workbook) -> None:
        cell_of(book["基本目標"], "題名").value = "走れるまち"

    workbook.write_bytes(edited(workbook.read_bytes(), edit))
    said = run("import_plan", workbook, municipality="kita")
    assert "基本目標：変更1件" in said
    assert said.endswith("「公園計画」に取り込みました。\n")
    assert BasicGoal.objects.get().title == "走れるまち"


def test_errors_are_named_marked_and_nothing_is_written(
    town: Municipality, workbook: Path, tmp_path: Path
) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        cell_of(book["目標"], "目標値").value = "=1"
        cell_of(book["指標"], "付ける段").value = "基本目標 9"

    workbook.write_bytes(edited(workbook.read_bytes(), spoil))
    target, out = tmp_path / "marked.xlsx", StringIO()
    with pytest.raises(CommandError, match="何も書き込んでいません") as error:
        call_command("import_plan", workbook, municipality="kita", marked_file=target, stdout=out)
    assert error.value.returncode == 1
    said = out.getvalue()
    assert "［誤り］指標 D5：「基本目標 9」 " in said
    assert "［誤り］目標 D5：「未計算の式」 " in said
    assert not Plan.objects.exists()
    book = openpyxl.load_workbook(target)
    assert book.sheetnames[0] == RESULT
    assert book["指標"]["D5"].comment is not None


def test_a_plan_to_come_is_waited_for(town: Municipality, workbook: Path) -> None:
    sheets = PARK_PLAN | {"計画": [PARK_PLAN["計画"][0] | {"上位計画": "sogo"}]}
    workbook.write_bytes(filled_template(**sheets))
    said = run("import_plan", workbook, municipality="kita", dry_run=True)
    assert "［待ち］計画 parks／上位計画：計画「sogo」を取り込むまで待ちます。" in said


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["import_plan", "{file}", "--municipality=nowhere"], "自治体「nowhere」はありません。"),
        (["import_plan", "{folder}/none.xlsx", "--municipality=kita"], "を読めません"),
        (["import_plan", "{folder}/text.csv", "--municipality=kita"], "CSVなどのテキスト"),
        (["import_plan", "{folder}/text.xlsx", "--municipality=kita"], "CSVなどのテキスト"),
        (["export_plan", "kita", "none", "{file}"], "計画「none」はきた市にありません"),
        (["export_plan", "nowhere", "none", "{file}"], "自治体「nowhere」はありません。"),
        (["plan_template", "{folder}/none/x.xlsx"], "に書き込めません"),
    ],
)
def test_what_is_asked_wrongly_is_explained(
    town: Municipality, workbook: Path, args: list[str], message: str
) -> None:
    for name in ("text.csv", "text.xlsx"):
        (workbook.parent / name).write_text("a,b\n1,2\n")
    before = workbook.read_bytes()
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(
            *(arg.format(file=workbook, folder=workbook.parent) for arg in args), stdout=out
        )
    assert message in f"{error.value}{out.getvalue()}"
    assert workbook.read_bytes() == before
