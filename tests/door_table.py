"""Who may write what: the table that `test_permission_doors` asks every write function about.

A write function is a public function of the product that takes `by`, the person who writes. A new
one needs a line in DOORS, else the test names it; one that writes only what another has checked
stands in INNER with the modules that may call it, one that writes nothing in READS.

A line names the function, what it is given (names of `test_permission_doors.things`, a number, or
"[…]" for a list of one; reasons and versions are added), and the answer for each person:

    anonymous nobody · stranger stranger_entry · reader · entry colleague approver head ·
    planner operator superuser · the system (`by` None; left out where it does not write)

`tests.people` says who they are. What is written is that of きた市 and of the section of `entry`
and `approver`; so `colleague` tells of another section, `stranger` of another municipality.

    +  written    x  PermissionDenied    -  Http404    v  ValidationError, which names the rule

Functions for many rows tell of each row what is wrong, so they answer v where others answer x.
"""

from __future__ import annotations

from typing import NamedTuple


class Door(NamedTuple):
    """What everybody may do with one write function and one thing."""

    function: str
    given: str
    answers: str


PLANNERS = "-- -- x xxxx +++ +"
SECTIONS = "-- -- x +x++ +++ +"

DOORS: tuple[Door, ...] = (
    # --- Structure ---
    Door("municipalities.record.record_row", "goal", PLANNERS),
    Door("municipalities.record.record_row", "new_goal", PLANNERS),
    Door("municipalities.record.record_row", "town", PLANNERS),
    Door("municipalities.record.record_row", "renamed_town", "-- -- x xxxx v++ +"),
    Door("municipalities.record.record_row", "new_town", "xx xx x xxxx x++ +"),
    Door("municipalities.record.record_row", "shared", "xx xx x xxxx x++ +"),
    Door("municipalities.record.record_row", "goal_of_minami", "-- +x - ---- -++ +"),
    Door("municipalities.record.remove_row", "footnote", PLANNERS),
    Door("municipalities.record.remove_row", "town", "-- -- x xxxx xvv v"),
    Door("municipalities.record.remove_row", "empty_town", "-- -- - ---- -++ +"),
    Door("municipalities.record_many.record_rows", "[goal]", "vv vv v vvvv +++ +"),
    Door("plans.structure.remove_row", "footnote", PLANNERS),
    Door("measures.record.record_column", "column", PLANNERS),
    Door("measures.record.remove_column", "column", PLANNERS),
    Door("measures.lines.record_line", "line", PLANNERS),
    Door("measures.lines.record_new_lines", "[new_line]", "vv vv v vvvv +++ +"),
    Door("measures.lines.remove_line", "line", PLANNERS),
    Door("indicators.record.record_indicator", "indicator", PLANNERS),
    Door("indicators.record.confirm_directions", "[undecided]", PLANNERS),
    # --- Rating schemes ---
    Door("indicators.schemes.record_scheme", "scheme bands", PLANNERS),
    Door("indicators.schemes.record_scheme", "preset bands_of_preset", "xx xx x xxxx x++ +"),
    Door("indicators.schemes.record_new_scheme", "new_scheme new_bands", "vv vv v vvvv +++ +"),
    Door("indicators.schemes.record_bands", "scheme fewer_bands", PLANNERS),
    Door("indicators.schemes.copy_scheme", "preset town", PLANNERS),
    Door("indicators.schemes.record_plan_scheme", "plan_scheme", PLANNERS),
    Door("indicators.schemes.remove_plan_scheme", "later_scheme", PLANNERS),
    # --- People ---
    Door("municipalities.record.record_person", "person", "-- -- - ---- +++ +"),
    Door("municipalities.record.record_person", "new_person", "xx +x x xxxx +++ +"),
    Door("municipalities.record.record_person", "new_superuser", "xx xx x xxxx xx+ +"),
    Door("municipalities.record.remove_person", "person", "-- -- - ---- x++ +"),
    Door("municipalities.record.grant", "role", PLANNERS),
    Door("municipalities.record.grant", "operators_role", "vv vv v vvvv v++ +"),
    Door("municipalities.record.revoke", "role", PLANNERS),
    # --- Figures ---
    Door("indicators.record.record_actual", "figure", SECTIONS),
    Door("indicators.record.record_actual", "new_figure", SECTIONS),
    Door("indicators.record.record_actual", "submitted_figure", SECTIONS),
    Door("indicators.record.record_actual", "approved_figure", "-- -- x vxvv vvv +"),
    Door("indicators.record.record_actual", "checked_figure", "-- -- x vxvv +++ +"),
    Door("indicators.record.record_actual", "figure_of_a_closed_year", "-- -- x vxvv vvv v"),
    Door("indicators.record.remove_actual", "figure", SECTIONS),
    Door("indicators.record.remove_actual", "checked_figure", "-- -- x vxvv +++ +"),
    Door("indicators.record.remove_actual", "figure_of_a_closed_year", "-- -- x vxvv vvv v"),
    Door("indicators.record_many.record_actuals", "[figure]", "vv vv v +v++ +++ +"),
    Door("indicators.record_many.record_actuals", "[checked_figure]", "vv vv v vvvv +++ +"),
    Door("indicators.record.record_target", "target", PLANNERS),
    Door("indicators.record.remove_target", "target", PLANNERS),
    Door("indicators.record.record_judgement", "judgement", PLANNERS),
    Door("indicators.record.remove_judgement", "judgement", PLANNERS),
    # --- Reports, sheets, comments ---
    Door("measures.record.record_report", "report", SECTIONS),
    Door("measures.record.record_report", "checked_report", "-- -- x vxvv +++ +"),
    Door("measures.record_many.record_reports", "[report]", "vv vv v +v++ +++ +"),
    Door("measures.record.remove_report", "report", SECTIONS),
    Door("measures.taking_over.take_over", "candidate keys", SECTIONS),
    Door("measures.record.record_sheet", "sheet", SECTIONS),
    Door("measures.record.record_sheet", "issue", SECTIONS),
    Door("measures.record.remove_sheet", "sheet", SECTIONS),
    Door("measures.record.remove_sheet", "issue", SECTIONS),
    Door("measures.record.record_comment", "comment", PLANNERS),
    Door("measures.record.remove_comment", "comment", PLANNERS),
    # --- The workflow ---
    Door("indicators.record_many.move_actuals", "[figure] submit", "-- -- v +v++ +++ +"),
    Door("indicators.record_many.move_actuals", "[handed_in] withdraw", "-- -- v +vvv vvv +"),
    Door("indicators.record_many.move_actuals", "[handed_in] approve", "-- -- v vv++ +++ +"),
    Door("indicators.record_many.move_actuals", "[own] approve", "-- -- v vvvv vvv +"),
    Door("indicators.record_many.move_actuals", "[approved] check", "-- -- v vvvv +++ +"),
    Door("indicators.record_many.move_actuals", "[approved] return", "-- -- v vv++ +++ +"),
    Door("indicators.record_many.move_actuals", "[checked] reopen", "-- -- v vvvv +++ +"),
    Door("measures.record_many.move_reports", "[report] submit", "-- -- v +v++ +++ +"),
    Door("measures.record_many.move_reports", "[handed_in_report] approve", "-- -- v vv++ +++ +"),
    Door("measures.record_many.move_sheets", "[sheet] submit", "-- -- v +v++ +++ +"),
    Door("measures.record_many.move_sheets", "[handed_in_sheet] approve", "-- -- v vv++ +++ +"),
    Door("measures.record_many.move_comments", "[comment] check", "-- -- v vvvv +++ +"),
    Door("indicators.record_many.move_judgements", "[judgement] check", "-- -- v vvvv +++ +"),
    # --- The year, and plans as a whole ---
    Door("plans.record.lock_year", "plan 2026", PLANNERS),
    Door("plans.record.unlock_year", "plan 2021", PLANNERS),
    Door("plans.admin.close_year", "new_lock", PLANNERS),
    Door("plans.admin.open_year", "lock", PLANNERS),
    Door("rounds.record.publish", "plan kind", PLANNERS),
    Door("rounds.record.prepare", "plan kind", PLANNERS),
    Door("rounds.record.withdraw_scheduled", "scheduled", PLANNERS),
    Door("rounds.closing.close_years", "[plan] 2026", PLANNERS),
    Door("rounds.requests.record.record_request", "request", PLANNERS),
    Door("rounds.requests.record.remove_request", "draft_request", PLANNERS),
    Door("rounds.requests.record.send_request", "draft_request", PLANNERS),
    Door("rounds.requests.record.close_request", "request", PLANNERS),
    Door("rounds.requests.record.reopen_request", "closed_request", PLANNERS),
    Door("rounds.requests.record.record_reply", "reply", PLANNERS),
    Door("rounds.requests.record.remove_reply", "reply", PLANNERS),
    Door("rounds.requests.record.record_file_reply", "reply", SECTIONS),
    Door("rounds.entry.handovers.record_handovers", "sheet_lines sheet_notes", SECTIONS),
    Door("rounds.transfers.booking.book", "order", "-- -- x xxxx +++"),
    Door("rounds.succession.record_plan", "plan", PLANNERS),
    Door("indicators.succession.start_successor", "plan successor", PLANNERS),
    Door("exchange.plan_book.importing.import_plan", "book town", PLANNERS),
    Door(
        "exchange.entry_book.keeping.bring",
        "request entry_book entry_book_name",
        "-- -- x +x++ +++",
    ),
)

# Functions that ask nobody, for the modules named ask before; nobody else may call them.
INNER: dict[str, set[str]] = {
    "municipalities.record_many.save_rows": {
        "municipalities.flat.resource",
        "plans.record_many",
        "measures.lines",
        "exchange.plan_book.section_links",
        "exchange.plan_book.structure_tables",
        "rounds.transfers.people",
    },
    "plans.record.save_row": {
        "measures.record",
        "measures.lines",
        "indicators.record",
        "rounds.record",
    },
    "plans.record.delete_row": {"measures.record", "indicators.record", "rounds.record"},
    "plans.record_many.save_rows": {
        "measures.record_many",
        "indicators.record_many",
        "exchange.plan_book.table",
    },
    "indicators.record_many.save_actuals": {
        "indicators.resources",
        "exchange.plan_book.actual_tables",
    },
    "rounds.transfers.people.record_roles": {"rounds.transfers.booking"},
    "plans.moving.move_rows": {"measures.record_many", "indicators.record_many"},
    "measures.record.touch_sheet": set(),
    "measures.record_many.touch_sheets": {"exchange.plan_book.report_tables"},
    "exchange.plan_book.table.write_one_by_one": {"exchange.plan_book.scheme_tables"},
    "exchange.plan_book.waiting.try_again": {"exchange.plan_book.importing"},
}
READS = {"measures.taking_over.candidates", "plans.moving.offers_of"}
