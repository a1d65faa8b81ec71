"""FY2026 of みほん市, from the request of March 2027 to the revised edition of the following year.

Everything is done on the pages the people use, by the labels and buttons they read. `Year` does
not know which browser it is told in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import time_machine

from indicators.models import Actual, Indicator, Series
from municipalities.access import Role
from municipalities.models import Department, Municipality, User
from plans.choices import Period
from rounds.models import Request

from ..factories import PASSWORD, make_user

TOKYO = ZoneInfo("Asia/Tokyo")
PLAN = "みほん市みらい計画"
STRATEGY = "みほん市みらい総合戦略（架空） 改訂版"
REVISED = "みほん市みらい計画 改訂版"
REQUEST = "令和8年度の実績の照会"
RETURNED = "指標2-2-1 要介護認定率"
FIRST_PASSWORD = "hajimete-no-password-1"
ASKED = ("健康増進課", "高齢介護課", "障がい福祉課", "企画課")
# After April 1: section, and who enters for it.
ENTERING = {
    "choju": "entry-korei",
    "kenko": "hoken",
    "shogai": "entry-shogai",
    "kikaku": "entry-kikaku",
}
INDICATOR_PAGE = "/mihon/mirai/indicators/2-2-1/"
YEAR_PAGE = "/mihon/mirai/years/2026/"
COMMENT = "高齢者の見守りは、地域の担い手を増やすことから始めてほしい。"
ANSWER = "見守りの講座を年4回に増やします。"


class Browser(Protocol):
    """The few gestures a story needs; see `plain.Plain` and `chromium.Chromium`."""

    @property
    def address(self) -> str: ...
    def open(self, address: str) -> None: ...
    def follow(self, name: str) -> None: ...
    def empty(self, ending: str) -> list[str]: ...
    def fill(self, label: str, value: str) -> None: ...
    def tick(self, label: str, *, value: bool = True) -> None: ...
    def attach(self, label: str, name: str, content: bytes) -> None: ...
    def press(self, name: str, within: str = "") -> None: ...
    def text(self, within: str = "body") -> str: ...


class Year:
    """The year, with everybody's browser by user name."""

    def __init__(self, browser: Callable[[], Browser], tell: Callable[[str], Any] = str) -> None:
        self.new_browser, self.tell = browser, tell
        self.town = Municipality.objects.get(slug="mihon")
        self.citizen = browser()
        self.population = Series.objects.get(municipality=self.town, code="population")
        self.books = dict(self._books())

    def _books(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield what the sections will find in their books: name → figure, or why there is none;
        the figures of the year before, so that nobody wonders."""
        actuals = Actual.objects.filter(
            series__municipality=self.town, fiscal_year=2025, period=Period.YEAR_END
        )
        figures = {actual.series_id: actual for actual in actuals}
        indicators = Indicator.objects.filter(plan__municipality=self.town).select_related("series")
        for indicator in indicators:
            actual = figures.get(indicator.series_id)
            if actual is not None and actual.value is not None:
                yield indicator.display_name, (f"{actual.value.normalize():f}", "")
            elif actual is not None:
                yield indicator.display_name, ("", actual.get_missing_reason_display())

    # --- Words of the story -------------------------------------------------------------------

    @contextmanager
    def on(self, day: str, what: str) -> Iterator[None]:
        """Everything inside happens on a day ("2027-03-23 10:00" in Japan); `what` is told."""
        moment = datetime.fromisoformat(day).replace(tzinfo=TOKYO)
        self.tell(f"\n{moment:%Y年%m月%d日 %H:%M}　{what}")
        with time_machine.travel(moment):
            yield

    def sign_in(self, username: str, password: str = PASSWORD) -> Browser:
        """Return a browser of their own in which somebody has just signed in."""
        browser = self.new_browser()
        browser.open("/admin/login/?next=/admin/")
        browser.fill("ユーザー名", username)
        browser.fill("パスワード", password)
        browser.press("ログイン")
        return browser

    def section(self, code: str) -> Department:
        return Department.objects.get(municipality=self.town, code=code)

    def at_plan(self, browser: Browser, *links: str, title: str = PLAN) -> None:
        """Open the page of a plan in the admin and follow links from there."""
        browser.open("/admin/plans/plan/")
        for link in (title, *links):
            browser.follow(link)

    def publish(self, browser: Browser, *expected: str, **chosen: str) -> None:
        """Publish the year's end of the plan; `expected` stands in the preview."""
        browser.open("/admin/rounds/publication/publish/")
        year_end = {"計画": PLAN, "年度": "R8", "時期": "年度末実績"}
        for label, value in (year_end | chosen).items():
            browser.fill(label, value)
        browser.press("公表する内容を確かめる")
        self.sees(browser, *expected)
        browser.press("この内容で公表する")
        self.sees(
            browser, "の公表を予約しました。" if "公表する日" in chosen else "を公表しました。"
        )

    def sees(self, browser: Browser, *expected: str) -> None:
        """Fail where one of the texts is not on the page that is open."""
        text = browser.text()
        for words in expected:
            assert words in text, f"「{words}」 is not at {browser.address}: {text[:3000]}"

    def citizens_see(self, address: str, *expected: str, hidden: tuple[str, ...] = ()) -> None:
        self.citizen.open(address)
        self.sees(self.citizen, *expected)
        text = self.citizen.text()
        for words in hidden:
            assert words not in text, f"「{words}」 is at {address}"

    # --- The year -----------------------------------------------------------------------------

    def live(self) -> None:
        self.people()
        self.ask()
        self.early()
        self.reorganise()
        self.answers()
        self.send_back()
        self.approve()
        self.check()
        self.end_request()
        self.preliminary()
        self.final()
        self.review()
        self.council()
        self.public()
        self.correction()
        self.close()
        self.revise()

    def people(self) -> None:
        """Who works there in March 2027: a planner, somebody in each section, the heads."""
        make_user(Role.PLANNER, self.town, username="kikaku")
        for section in self.town.departments.filter(valid_to=None, parent__isnull=False):
            make_user(Role.ENTRY, department=section, username=f"entry-{section.code}")
        for division in self.town.departments.filter(valid_to=None, parent=None):
            make_user(Role.APPROVER, department=division, username=f"head-{division.code}")

    def ask(self) -> None:
        with self.on("2027-03-23 10:00", "企画課が令和8年度の実績を照会する"):
            planner = self.sign_in("kikaku")
            planner.open("/admin/rounds/request/")
            planner.follow("照会をつくる")
            for label, value in {
                "件名": REQUEST,
                "年度": "R8",
                "時期": "年度末実績",
                "回答期限": "2027-05-14",
                "文書番号": "企第12号",
                "照会文・連絡事項": "4月の異動の後に回答してください。",
            }.items():
                planner.fill(label, value)
            planner.tick(f"{PLAN}（令和2年度～令和9年度（8年間））")
            planner.tick(f"{STRATEGY}（令和7年度～令和9年度）")
            planner.tick("すべて（回答するものがある課のすべて）", value=False)
            for section in ASKED:
                planner.tick(section)
            planner.press("保存して内容を確かめる")
            self.sees(planner, "答える人がいないものがあるので、照会できません。", "人口")
            self.tell("人口の担当課が決まっていないので、企画課を所管課にする")
            planner.open(f"/admin/indicators/series/{self.population.pk}/change/")
            planner.fill("所管課", "企画課")
            planner.fill("変更理由", "照会のため")
            planner.press("保存")
            planner.open("/admin/rounds/request/")
            planner.follow(REQUEST)
            planner.press("照会する")
            self.sees(planner, "回答受付中")
            self.request = Request.objects.get(title=REQUEST)

    def early(self) -> None:
        with self.on("2027-03-29 16:00", "高齢介護課が、異動の前に入力を始める"):
            self.enter("korei", "entry-korei", button="保存")

    def reorganise(self) -> None:
        with self.on("2027-04-01 09:00", "人事異動と組織改編：高齢介護課は長寿支援課になる"):
            planner = self.sign_in("kikaku")
            planner.open("/admin/municipalities/department/transfers/?municipality=mihon")
            for label, value in {
                "施行日": "2027-04-01",
                "文書番号": "人第1号",
                "組織改編1行目の前の組織コード": "korei",
                "組織改編1行目の種類": "改称",
                "組織改編1行目の新しい組織コード": "choju",
                "組織改編1行目の新しい組織の名称": "長寿支援課",
                "人事異動1行目のユーザー名": "entry-kenko",
                "人事異動1行目の今の組織コード": "kenko",
                "人事異動1行目の動き": "異動",
                "人事異動1行目の新しい組織コード": "nosei",
                "人事異動2行目の新しい組織コード": "kenko",
                "人事異動2行目のユーザー名": "hoken",
                "人事異動2行目の氏名": "保健担当（架空）",
                "人事異動2行目の動き": "新任",
                "人事異動2行目の役割": "入力担当",
            }.items():
                planner.fill(label, value)
            planner.press("登録する前に内容を確かめる")
            self.sees(planner, "高齢介護課：改称→長寿支援課", "高齢介護課の入力中")
            planner.press("この内容で登録する")
            self.sees(planner, "いま、担当する人がいないもの（令和8年度） ありません。")
        with self.on("2027-04-01 09:30", "新しい人に、最初のパスワードを渡す"):
            newcomer = User.objects.get(username="hoken")
            planner.open(f"/admin/municipalities/user/{newcomer.pk}/password/")
            planner.fill("パスワード", FIRST_PASSWORD)
            planner.fill("パスワード(確認用)", FIRST_PASSWORD)
            planner.press("パスワードによる認証の有効化")
            browser = self.sign_in("hoken", FIRST_PASSWORD)
            browser.fill("元のパスワード", FIRST_PASSWORD)
            browser.fill("新しいパスワード", PASSWORD)
            browser.fill("新しいパスワード(確認用)", PASSWORD)
            browser.press("パスワードの変更")

    def enter(self, code: str, username: str, *, button: str = "保存して提出") -> Browser:
        """Fill in what is empty on the sheet of a section by its own books, and hand it in."""
        browser = self.sign_in(username)
        browser.open(self.sheet(code))
        for label in browser.empty(" 実績値"):
            name = label.removesuffix(" 実績値")
            value, reason = self.in_books(name)
            if value:
                browser.fill(label, value)
            else:
                browser.fill(f"{name} 値のない理由", reason)
        for label in browser.empty(" 成果"):
            browser.fill(label, "計画した事業を終えた。")
        browser.press(button)
        return browser

    def in_books(self, name: str) -> tuple[str, str]:
        """Return the figure of a row of the sheet (its number stands before its name), or why
        there is none."""
        found = [said for title, said in self.books.items() if name.endswith(title)]
        return found[0] if found else ("", "未集計")

    def sheet(self, code: str) -> str:
        return f"/admin/rounds/request/{self.request.pk}/sheet/{self.section(code).pk}/"

    def answers(self) -> None:
        with self.on("2027-04-20 10:00", "各課が入力して提出する"):
            for code, username in ENTERING.items():
                browser = self.enter(code, username)
                self.sees(browser, "件を提出しました。")

    def send_back(self) -> None:
        with self.on("2027-05-06 10:00", "健康福祉部長が、長寿支援課の1件を差し戻す"):
            head = self.sign_in("head-fukushi-bu")
            head.open(self.sheet("choju"))
            head.tick(f"選ぶ（{RETURNED}）")
            head.fill("変更理由・差戻しの理由", "9月の値と離れています。確かめてください。")
            head.press("選んだ行を差し戻す")
            self.sees(head, "1件を差し戻しました。")
        with self.on("2027-05-07 10:00", "長寿支援課が直して、もう一度提出する"):
            section = self.sign_in("entry-korei")
            section.open(self.sheet("choju"))
            self.sees(section, "差戻し：9月の値と離れています。確かめてください。")
            section.fill(f"{RETURNED} 注記（公開）", "年度末の値を確かめた。")
            section.press("保存して提出")
            self.sees(section, "1件を提出しました。")

    def approve(self) -> None:
        with self.on("2027-05-12 10:00", "部長が承認する"):
            for code in ENTERING:
                head = self.sign_in(f"head-{self.section(code).parent.code}")
                head.open(self.sheet(code))
                head.press("承認する")
                self.sees(head, "件を承認しました。")

    def check(self) -> None:
        with self.on("2027-06-10 10:00", "企画課が確認する"):
            planner = self.sign_in("kikaku")
            for code in ENTERING:
                planner.open(self.sheet(code))
                planner.press("確認済にする")
                self.sees(planner, "件を確認済にしました。")

    def end_request(self) -> None:
        with self.on("2027-06-18 10:00", "照会を終える"):
            planner = self.sign_in("kikaku")
            planner.open(f"/admin/rounds/request/{self.request.pk}/board/")
            planner.press("回答の受付を終了する")
            self.sees(planner, "終了")

    def preliminary(self) -> None:
        with self.on("2027-06-25 10:00", "速報を公表する"):
            planner = self.sign_in("kikaku")
            self.publish(planner, 種類="公表版", 印="速報")
            self.citizens_see(YEAR_PAGE, "速報")

    def final(self) -> None:
        with self.on("2027-07-20 10:00", "決算が固まり、確定値を公表する"):
            planner = self.sign_in("kikaku")
            self.publish(planner, 種類="公表版", 印="確定")
            self.citizens_see(YEAR_PAGE, "確定")

    def review(self) -> None:
        with self.on("2027-08-05 14:00", "審議会の意見を記録する"):
            planner = self.sign_in("kikaku")
            self.at_plan(planner, "外部評価の意見を加える")
            for label, value in {
                "対象の年度": "R8",
                "番号": "1",
                "会議の名称": "みほん市みらい計画審議会",
                "意見の日": "2027-08-04",
                "意見": COMMENT,
                "状態": "確認済",
            }.items():
                planner.fill(label, value)
            planner.press("保存")
            self.sees(planner, "追加しました")
        with self.on("2027-08-25 14:00", "意見への回答を書く"):
            planner = self.sign_in("kikaku")
            planner.open("/admin/measures/reviewcomment/?fiscal_year=2026")
            planner.follow(PLAN)
            planner.fill("市町村の回答", ANSWER)
            planner.fill("回答の日", "2027-08-25")
            planner.press("保存")
            self.citizens_see("/mihon/mirai/reviews/", hidden=(COMMENT,))

    def council(self) -> None:
        with self.on("2027-08-30 10:00", "議会提出版を固定する"):
            planner = self.sign_in("kikaku")
            self.publish(planner, 種類="議会提出版", 印="確定")
            self.citizens_see("/mihon/mirai/reviews/", hidden=(COMMENT,))

    def public(self) -> None:
        with self.on("2027-09-28 16:00", "議会の後の公表を、翌朝10時に予約する"):
            planner = self.sign_in("kikaku")
            self.publish(
                planner,
                種類="公表版",
                印="確定",
                公表する日="2027-09-29",
                公表する時刻="10:00:00",
            )
            self.citizens_see("/mihon/mirai/reviews/", hidden=(COMMENT,))
        with self.on("2027-09-29 10:01", "予約の時刻になり、意見と回答が市民に見える"):
            self.citizens_see("/mihon/mirai/reviews/", COMMENT, ANSWER)

    def correction(self) -> None:
        with self.on("2027-11-05 10:00", "要介護認定率に誤りが見つかり、訂正する"):
            planner = self.sign_in("kikaku")
            actual = Actual.objects.get(
                series__indicators__plan__slug="mirai",
                series__indicators__code="2-2-1",
                fiscal_year=2026,
                period=Period.YEAR_END,
            )
            value, right = f"{actual.value:.1f}", f"{actual.value - Decimal('0.1'):.1f}"
            planner.open(f"/admin/indicators/actual/{actual.pk}/change/")
            planner.fill("実績値", right)
            planner.fill("訂正などの印", "訂正")
            planner.fill("訂正などの理由（公開）", "転記の誤りを正した。")
            planner.press("保存")
            self.citizens_see(INDICATOR_PAGE, value)
            self.publish(
                planner,
                f"{value}",
                right,
                **{
                    "種類": "公表版",
                    "印": "訂正",
                    "訂正などの理由（公開）": "転記の誤りを正した。",
                },
            )
            self.citizens_see(INDICATOR_PAGE, right, "訂正", "転記の誤りを正した。")

    def close(self) -> None:
        with self.on("2027-11-30 17:00", "年度を締め切る"):
            planner = self.sign_in("kikaku")
            planner.open("/admin/plans/yearlock/")
            planner.follow("年度を締め切る")
            planner.tick(PLAN)
            planner.tick(STRATEGY)
            planner.fill("締め切る年度", "R8")
            planner.press("締め切る前に確かめる")
            planner.press("令和8年度を締め切る")
            self.sees(planner, "締め切りました")

    def revise(self) -> None:
        with self.on("2027-12-10 10:00", "中間見直し：令和9年度から引き継ぐ改訂版の素案をつくる"):
            planner = self.sign_in("kikaku")
            self.at_plan(planner, "次の計画・改訂版をつくる")
            planner.fill("アドレス名", "mirai-kaitei")
            planner.fill("引き継ぐ年度", "R9")
            planner.press("件数を確かめる")
            planner.press("この内容で素案をつくる")
            planner.fill("段階", "実施中")
            planner.press("保存")
            self.sees(planner, "変更しました")
            self.publish(planner, 計画=REVISED, 種類="計画の公表", 年度="", 時期="－")
            self.citizens_see("/mihon/mirai-kaitei/", "改訂版")
            self.citizens_see("/mihon/mirai/years/2026/", "令和8年度")
