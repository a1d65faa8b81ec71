"""Reminds the sections of what they have not answered: `manage.py remind`, daily."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import Municipality
from rounds.requests.mailing import is_configured, send_letters
from rounds.requests.reminders import DAYS_BEFORE, Letter, Round, round_of
from rounds.requests.texts import body_of, section_words, subject_of

MOST_DAYS = 365


def read_days(text: str) -> frozenset[int]:
    """Return the days of "7,3,1"."""
    days = [part.strip() for part in text.split(",")]
    if not all(day.isdecimal() and len(day) <= 3 and int(day) <= MOST_DAYS for day in days):
        raise ArgumentTypeError(
            _("日数は 7,3,1,0 のように、0から%(most)dまでの数をコンマで区切ってください。")
            % {"most": MOST_DAYS}
        )
    return frozenset(map(int, days))


class Command(BaseCommand):
    help = _(
        "照会に回答していない課の入力担当と、承認を待つ行のある課の承認者に、メールで知らせます。"
        "期限の7・3・1・0日前と、期限を過ぎた平日に、一人に一日一通まで送ります。毎日動かします。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days-before",
            type=read_days,
            default=frozenset(DAYS_BEFORE),
            help=_("期限の何日前に送るか。例：7,3,1,0（はじめの設定）"),
        )
        parser.add_argument("--municipality", help=_("自治体のアドレス名。なければすべて"))
        parser.add_argument(
            "--dry-run", action="store_true", help=_("送らずに、送る内容を出します")
        )

    def handle(
        self,
        *,
        days_before: frozenset[int],
        municipality: str | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        day = timezone.localdate()
        found = round_of(day, days_before=days_before, municipality=_town(municipality))
        self._tell_who_is_missing(found)
        if not found.letters:
            self.stdout.write(_("今日知らせるものはありません。"))
        elif dry_run:
            for letter in found.letters:
                self._show(letter)
        elif not is_configured():
            raise CommandError(
                _(
                    "メールの設定（EMAIL_HOST）がないので、%(count)d人のだれにも送っていません。"
                    "照会の画面の「督促する文」を、庁内の掲示板などに貼り付けてください。"
                )
                % {"count": len(found.letters)}
            )
        else:
            self._send(found)

    def _tell_who_is_missing(self, found: Round) -> None:
        for request, count in found.orphans:
            self.stderr.write(
                _("%(town)s「%(request)s」：担当する課のないものが%(count)d件あります。")
                % {"town": request.municipality, "request": request, "count": count}
            )
        for item in found.unread:
            self.stderr.write(
                _("%(town)s「%(request)s」%(section)s：知らせる相手がいません。")
                % {
                    "town": item.request.municipality,
                    "request": item.request,
                    "section": section_words(item.section, item.former),
                }
            )

    def _show(self, letter: Letter) -> None:
        day = timezone.localdate()
        self.stdout.write(
            _("宛先：%(address)s\n件名：%(subject)s\n\n%(body)s")
            % {
                "address": letter.user.email
                or _("（メールアドレスなし：%(who)s）") % {"who": letter.user.username},
                "subject": subject_of(letter, day),
                "body": body_of(letter, day),
            }
        )

    def _send(self, found: Round) -> None:
        outcome = send_letters(found.letters, timezone.localdate())
        self.stdout.write(
            _("%(sent)d人に送りました。今日すでに送っていた%(already)d人には送っていません。")
            % {"sent": len(outcome.sent), "already": len(outcome.already)}
        )
        for letter in outcome.without_address:
            self.stderr.write(
                _("%(town)s %(who)s：メールアドレスがないので送っていません。")
                % {"town": letter.municipality, "who": letter.user.username}
            )
        for letter, problem in outcome.failed:
            self.stderr.write(
                _("%(town)s %(who)s（%(address)s）：送れませんでした：%(problem)s")
                % {
                    "town": letter.municipality,
                    "who": letter.user.username,
                    "address": letter.user.email,
                    "problem": problem,
                }
            )
        if outcome.failed:
            raise CommandError(
                _("%(count)d人に送れませんでした。") % {"count": len(outcome.failed)}
            )


def _town(slug: str | None) -> Municipality | None:
    if slug is None:
        return None
    town = Municipality.objects.filter(slug=slug).first()
    if town is None:
        raise CommandError(_("自治体「%(slug)s」はありません。") % {"slug": slug})
    return town
