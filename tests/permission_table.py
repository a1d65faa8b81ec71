"""Who gets which page: the table that `test_permissions` asks the site about, line by line.

A new page needs a line here, else the test names it:

* a page of the admin: a line in PAGES: its name, what everybody gets by GET and by POST, and, where
  the address asks for something, what (`where`, names of `test_permissions.places`; "?…" is the
  query) and what is sent (`body`, a name of `test_permissions.bodies`; else nothing is sent);
* a table in the admin: a line in TABLES with its policy, whose generated pages POLICIES lists, and
  a name of FLAT where it comes and goes as a file;
* a page for citizens: a line in PUBLIC with what its address names. It asks nobody who they are.

An answer is a letter for each person, in this order:

    anonymous nobody · stranger stranger_entry · reader · entry colleague approver head ·
    planner operator superuser

`tests.people` says who they are. What is asked for belongs to きた市 and to the section of `entry`
and `approver`; so `colleague` tells of another section, `stranger` of another municipality.

    L  sent to the sign-in      +  it opens, or the form comes back     >  done, and led on
    x  refused (403)            -  does not exist for this person (404)  m  not by this method (405)

A line without `post` is asked by GET only: lists and histories answer POST in the same way (what
the actions of a list do, `test_permission_doors` and `test_peers` ask).
"""

from __future__ import annotations

from typing import NamedTuple

PEOPLE = (
    "anonymous", "nobody", "stranger", "stranger_entry", "reader", "entry", "colleague",
    "approver", "head", "planner", "operator", "superuser",
)  # fmt: skip
ANSWERS = {200: "+", 204: "+", 403: "x", 404: "-", 405: "m"}


class Page(NamedTuple):
    """What everybody gets of one page."""

    get: str
    post: str = ""
    where: str = ""
    body: str = ""


ALL_STAFF = "LL ++ + ++++ +++"
"""The page names no row, or one shared by all municipalities."""
OF_THE_TOWN = "LL -- + ++++ +++"
PLANNERS = "LL -- x xxxx +++"
ANY_PLANNERS = "LL +x x xxxx +++"
"""The page names no row yet: planners of another municipality get it for theirs."""
NOT_BY_POST = "LL mm m mmmm mmm"

PAGES: dict[str, Page] = {
    # --- Coming and going ---
    "index": Page(ALL_STAFF, ALL_STAFF),
    "app_list": Page(ALL_STAFF, ALL_STAFF, "app"),
    "login": Page("++ >> > >>>> >>>", "++ ++ + ++++ +++"),
    "logout": Page(">> mm m mmmm mmm", ">> ++ + ++++ +++"),
    "password_change": Page(ALL_STAFF, ALL_STAFF),
    "password_change_done": Page(ALL_STAFF, NOT_BY_POST),
    "stay": Page(ALL_STAFF, ALL_STAFF),
    "jsi18n": Page(ALL_STAFF, NOT_BY_POST),
    "autocomplete": Page(ALL_STAFF, NOT_BY_POST, "?field"),
    # --- Figures and schemes ---
    "indicators_actual_entry": Page("LL ++ x ++++ +++", "LL >> x >>>> >>>", "?year", "entry"),
    "plans_ratingscheme_tryout": Page(OF_THE_TOWN, OF_THE_TOWN, "?scheme", "tryout"),
    "plans_ratingscheme_copy": Page(PLANNERS, "LL -- x xxxx >>>", "scheme", "copy"),
    # --- Reports and revision ---
    "measures_progressreport_takeover": Page(
        "LL -- x ++++ +++", "LL -- x >+>> >>>", "?place", "takeover"
    ),
    "measures_reportcolumn_form": Page(PLANNERS, "LL -- x xxxx >>>", "plan", "form"),
    "measures_correspondence_edit": Page(PLANNERS, "LL -- x xxxx >>>", "plan"),
    "measures_correspondence_table": Page(OF_THE_TOWN, NOT_BY_POST, "plan"),
    # --- The year ---
    # Nobody publishes what they have not been shown: the preview comes first.
    "rounds_publication_publish": Page(ANY_PLANNERS, ANY_PLANNERS, "", "publish"),
    "rounds_publication_withdraw": Page(PLANNERS, PLANNERS, "publication"),
    "plans_yearlock_close": Page(ANY_PLANNERS, ANY_PLANNERS),
    "plans_yearlock_open": Page(PLANNERS, "LL -- x xxxx >>>", "lock", "reason"),
    "rounds_request_new": Page(ANY_PLANNERS, ANY_PLANNERS),
    "rounds_request_board": Page(OF_THE_TOWN, "LL -- x xxxx >>>", "request", "close"),
    "rounds_request_edit": Page(PLANNERS, PLANNERS, "request"),
    "rounds_request_text": Page(PLANNERS, PLANNERS, "request"),
    "rounds_request_reply": Page(PLANNERS, PLANNERS, "request department"),
    "rounds_request_books": Page(PLANNERS, NOT_BY_POST, "request"),
    "rounds_request_status": Page(OF_THE_TOWN, NOT_BY_POST, "request"),
    "rounds_request_book": Page(OF_THE_TOWN, NOT_BY_POST, "request department"),
    "rounds_request_entry_files": Page(OF_THE_TOWN, "LL -- x >>>> >>>", "request", "entry_book"),
    "rounds_request_entry_file": Page(
        "LL -- - ---- +--", "LL -- - ---- >--", "request entry_upload", "cancel"
    ),
    "rounds_request_entry_marked": Page("LL -- - ---- +--", NOT_BY_POST, "request entry_upload"),
    "rounds_request_entry_kept": Page(OF_THE_TOWN, NOT_BY_POST, "request entry_kept"),
    "rounds_request_sheet": Page(OF_THE_TOWN, "LL -- x >x>> >>>", "request department"),
    "rounds_request_draft": Page(
        NOT_BY_POST, "LL -- x +x++ +++", "request department", "nothing_typed"
    ),
    "rounds_request_preview": Page(NOT_BY_POST, OF_THE_TOWN, "request department", "nothing_typed"),
    "rounds_publication_explain": Page(OF_THE_TOWN, NOT_BY_POST, "?plan"),
    # --- Plans in and out ---
    "plans_plan_import": Page(ANY_PLANNERS, "LL +x x xxxx >>>", "", "workbook"),
    "plans_plan_import_preview": Page("LL -- - ---- +--", "LL -- - ---- >--", "upload", "cancel"),
    "plans_plan_import_marked": Page("LL -- - ---- +--", NOT_BY_POST, "upload"),
    "plans_plan_template": Page(ALL_STAFF, NOT_BY_POST),
    "plans_plan_export": Page("LL -- + xxxx +++", NOT_BY_POST, "plan"),
    "plans_plan_reports": Page(OF_THE_TOWN, NOT_BY_POST, "plan ?report"),
    "plans_plan_successor": Page(PLANNERS, "LL -- x xxxx >>>", "plan", "successor"),
    "plans_plan_changes": Page(OF_THE_TOWN, NOT_BY_POST, "?plan"),
    "plans_plan_changes_csv": Page(OF_THE_TOWN, NOT_BY_POST, "?plan"),
    # --- People and sections ---
    "municipalities_department_transfers": Page(ANY_PLANNERS, ANY_PLANNERS),
    "municipalities_department_transfers_workbook": Page("LL +x x xxxx +>>", "LL +x x xxxx +>>"),
    "municipalities_department_transfers_marked": Page("LL -x x xxxx ---", "LL -x x xxxx ---"),
    "auth_user_password_change": Page("LL -- - ---- +++", "LL -- - ---- >>>", "person", "password"),
}

# --- Tables ---------------------------------------------------------------------------------------

POLICIES: dict[str, dict[str, Page]] = {
    "structure": {
        "changelist": Page(ALL_STAFF),
        "add": Page(ANY_PLANNERS, ANY_PLANNERS),
        "change": Page(OF_THE_TOWN, PLANNERS, "row"),
        "history": Page(OF_THE_TOWN, "", "row"),
        "delete": Page(PLANNERS, PLANNERS, "row"),
    },
    "recorded": {  # the answering section's
        "changelist": Page(ALL_STAFF),
        "add": Page("LL ++ x ++++ +++", "LL ++ x ++++ +++"),
        "change": Page(OF_THE_TOWN, "LL -- x +x++ +++", "row"),
        "history": Page(OF_THE_TOWN, "", "row"),
        "delete": Page(PLANNERS, PLANNERS, "row"),
    },
    "locks": {  # set and lifted, never edited
        "changelist": Page(ALL_STAFF),
        "add": Page(ANY_PLANNERS, ANY_PLANNERS),
        "change": Page(OF_THE_TOWN, "LL -- x xxxx xxx", "row"),
        "history": Page(OF_THE_TOWN, "", "row"),
        "delete": Page(PLANNERS, PLANNERS, "row"),
    },
    "frozen": {
        "changelist": Page(ALL_STAFF),
        "add": Page("LL xx x xxxx xxx", "LL xx x xxxx xxx"),
        "change": Page(OF_THE_TOWN, "LL -- x xxxx xxx", "row"),
        "history": Page(OF_THE_TOWN, "", "row"),
        "delete": Page("LL -- x xxxx xxx", "LL -- x xxxx xxx", "row"),
    },
    "sent": {  # letters to people: for planners
        "changelist": Page(ANY_PLANNERS),
        "add": Page("LL xx x xxxx xxx", "LL xx x xxxx xxx"),
        "change": Page(PLANNERS, "LL -- x xxxx xxx", "row"),
        "history": Page(PLANNERS, "", "row"),
        "delete": Page("LL -- x xxxx xxx", "LL -- x xxxx xxx", "row"),
    },
    "own town": {
        "changelist": Page(ALL_STAFF),
        "add": Page("LL xx x xxxx x++", "LL xx x xxxx x++"),
        "change": Page(OF_THE_TOWN, PLANNERS, "row"),
        "history": Page(OF_THE_TOWN, "", "row"),
        "delete": Page("LL -- x xxxx x++", "LL -- x xxxx x++", "row"),
    },
    "shared": {  # by all municipalities
        "changelist": Page(ALL_STAFF),
        "add": Page("LL xx x xxxx x++", "LL xx x xxxx x++"),
        "change": Page(ALL_STAFF, "LL xx x xxxx x++", "row"),
        "history": Page(ALL_STAFF, "", "row"),
        "delete": Page("LL xx x xxxx x++", "LL xx x xxxx x++", "row"),
    },
    "people": {
        "changelist": Page(ANY_PLANNERS),
        "add": Page(ANY_PLANNERS, ANY_PLANNERS),
        "change": Page("LL -- - ---- +++", "LL -- - ---- +++", "row"),
        "history": Page("LL -- - ---- +++", "", "row"),
        "delete": Page("LL -- - ---- x++", "LL -- - ---- x++", "row"),
    },
    "roles": {
        "changelist": Page(ANY_PLANNERS),
        "add": Page(ANY_PLANNERS, ANY_PLANNERS),
        "change": Page("LL -- - ---- +++", "LL -- - ---- +++", "row"),
        "history": Page("LL -- - ---- +++", "", "row"),
        "delete": Page("LL -- - ---- +++", "LL -- - ---- +++", "row"),
    },
    "sign-ins": {
        "changelist": Page(ANY_PLANNERS),
        "add": Page("LL xx x xxxx xxx", "LL xx x xxxx xxx"),
        "change": Page("LL -- - ---- +++", "LL -- - ---- xxx", "row"),
        "history": Page("LL -- - ---- +++", "", "row"),
        "delete": Page("LL -- - ---- xxx", "LL -- - ---- xxx", "row"),
    },
}

POLICIES["moved by sections"] = POLICIES["recorded"] | {
    "move": Page("LL -- x >x>> >>>", "LL -- x >x>> >>>", "row", "submit"),
}
POLICIES["moved by planners"] = POLICIES["structure"] | {
    "move": Page("LL -- x xxxx >>>", "LL -- x xxxx >>>", "row", "submit"),
}

FLAT: dict[str, dict[str, Page]] = {
    "structure": {
        "import": Page(ANY_PLANNERS, ANY_PLANNERS, "", "flat"),
        "process_import": Page("LL -x x xxxx ---", "LL -x x xxxx >--", "", "pending"),
        "import_marked": Page("LL -x x xxxx ---", "LL -x x xxxx +--", "", "pending"),
        "export": Page(ALL_STAFF, ALL_STAFF, "", "export"),
    },
    "recorded": {
        "import": Page("LL ++ x ++++ +++", "LL ++ x ++++ +++", "", "flat"),
        "process_import": Page("LL -- x ---- ---", "LL -- x ---- >--", "", "pending"),
        "import_marked": Page("LL -- x ---- ---", "LL -- x ---- +--", "", "pending"),
        "export": Page(ALL_STAFF, ALL_STAFF, "", "export"),
    },
    "roles": {
        "import": Page(ANY_PLANNERS, ANY_PLANNERS, "", "flat"),
        "process_import": Page("LL -x x xxxx ---", "LL -x x xxxx >--", "", "pending"),
        "import_marked": Page("LL -x x xxxx ---", "LL -x x xxxx +--", "", "pending"),
        "export": Page(ANY_PLANNERS, ANY_PLANNERS, "", "export"),
    },
}

# table: policy, and how it comes and goes as a file
TABLES: dict[str, tuple[str, str]] = {
    "municipalities.Municipality": ("own town", "structure"),
    "municipalities.Department": ("structure", "structure"),
    "municipalities.DepartmentSuccession": ("structure", "structure"),
    "municipalities.User": ("people", ""),
    "municipalities.Membership": ("roles", "roles"),
    "municipalities.SignIn": ("sign-ins", ""),
    "municipalities.FailedSignIn": ("sign-ins", ""),
    "municipalities.SignInWait": ("sign-ins", ""),
    "plans.Plan": ("structure", ""),
    "plans.BasicGoal": ("structure", ""),
    "plans.PolicyField": ("structure", ""),
    "plans.Policy": ("structure", ""),
    "plans.PolicySdg": ("structure", ""),
    "plans.RelatedPlan": ("structure", ""),
    "plans.GlossaryTerm": ("structure", ""),
    "plans.Footnote": ("structure", ""),
    "plans.RatingScheme": ("structure", ""),
    "plans.Band": ("frozen", ""),
    "plans.PlanScheme": ("structure", ""),
    "plans.YearLock": ("locks", ""),
    "measures.Measure": ("structure", ""),
    "measures.MeasureSdg": ("structure", ""),
    "measures.Action": ("structure", ""),
    "measures.ReportingRow": ("structure", ""),
    "measures.ReportingDepartment": ("structure", ""),
    "measures.ReportColumn": ("structure", ""),
    "measures.ProgressReport": ("moved by sections", ""),
    "measures.DepartmentPolicySheet": ("moved by sections", ""),
    "measures.PriorityIssue": ("recorded", ""),
    "measures.ReviewComment": ("moved by planners", ""),
    "measures.Correspondence": ("structure", ""),
    "indicators.CommonIndicator": ("shared", ""),
    "indicators.Series": ("structure", "structure"),
    "indicators.SeriesBreak": ("structure", ""),
    "indicators.Actual": ("moved by sections", "recorded"),
    "indicators.Indicator": ("structure", "structure"),
    "indicators.Responsibility": ("structure", ""),
    "indicators.Target": ("structure", "structure"),
    "indicators.Judgement": ("moved by planners", ""),
    "rounds.Publication": ("frozen", ""),
    "rounds.PublishedIndicator": ("frozen", ""),
    "rounds.PublishedReport": ("frozen", ""),
    "rounds.PublishedSheet": ("frozen", ""),
    "rounds.PublishedComment": ("frozen", ""),
    "rounds.Request": ("frozen", ""),
    "rounds.Reply": ("frozen", ""),
    "rounds.Handover": ("frozen", ""),
    "rounds.EntryDraft": ("frozen", ""),
    "rounds.SentReminder": ("sent", ""),
    "exchange.EntryFile": ("frozen", ""),
    "exchange.WaitingLine": ("frozen", ""),
}

# --- For everybody --------------------------------------------------------------------------------

# A plan that is not published is not there: `slug` is asked for as `hidden` too.
PUBLIC: dict[str, str] = {
    "portal:home": "",
    "portal:municipality": "town",
    "portal:related": "town",
    "portal:departments": "town",
    "portal:department": "town section",
    "portal:department_year": "town section year",
    "portal:plan": "town slug",
    "portal:glossary": "town slug",
    "portal:sdgs": "town slug",
    "portal:revision": "town slug",
    "portal:year": "town slug year",
    "portal:reviews": "town slug",
    "portal:sheets": "town slug year",
    "portal:goal": "town slug goal",
    "portal:policy": "town slug policy",
    "portal:measure": "town slug measure",
    "portal:goal_sheet": "town slug goal year",
    "portal:policy_sheet": "town slug policy year",
    "portal:measure_sheet": "town slug measure year",
    "portal:indicator": "town slug indicator",
    "open_data:catalogue": "",
    "open_data:town": "town",
    "open_data:town_zip": "town",
    "open_data:town_csv": "town table",
    "open_data:town_json": "town table",
    "open_data:plan": "town slug",
    "open_data:plan_zip": "town slug",
    "open_data:plan_csv": "town slug table",
    "open_data:plan_json": "town slug table",
    "open_data:report": "town slug kind year period",
    "open_data:revision": "town slug",
    "api:root": "",
    "api:openapi": "",
    "api:municipalities": "",
    "api:municipality": "town",
    "api:departments": "town",
    "api:plans": "",
    "api:plan": "town slug",
    "api:indicator": "town slug indicator",
    "api:structure": "town slug",
    "api:indicators": "town slug",
    "api:targets": "town slug",
    "api:values": "town slug",
    "api:rates": "town slug",
    "api:judgements": "town slug",
    "api:trends": "town slug",
    "api:forecasts": "town slug",
    "api:responsibilities": "town slug",
    "api:reports": "town slug",
    "api:policy-sheets": "town slug",
    "api:policy-issues": "town slug",
    "api:review-comments": "town slug",
    "api:correspondences": "town slug",
    "api:related-plans": "town slug",
    "api:glossary": "town slug",
    "api:footnotes": "town slug",
    "api:publications": "town slug",
}
