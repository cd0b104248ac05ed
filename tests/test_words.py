"""The catalogues are complete, agree with each other, and nothing a reader sees stands outside them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from meetinghub.errors import Error
from meetinghub.words import LANGUAGES, LOCALE, PLACEHOLDER, all_words, catalogue, negotiate

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("meetinghub", "web", "quotas", "digest")
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
NEVER_ONE = {
    # no item, claim or meeting is shorter than five minutes
    "agenda.accept_short",
    "agenda.asked_and_free",
    "agenda.capacity_out_of_range",
    "agenda.insert_here",
    "agenda.minutes_out_of_range",
    "agenda.of_which",
    "agenda.over_capacity",
    "agenda_mail.announce_subject",
    "agenda_mail.announce_text",
    "claim.minutes_out_of_range",
    # limits of ours
    "imports.too_many_meetings",
    "minutes.too_many_tasks",
    "roll.too_early",
    "token.too_many",
    "topic.minutes_out_of_range",
    "webhook.too_many",
    # a share, and the committees of a whole street
    "burden.ride_share",
    "burden.survey",
}
KEY = re.compile(r"[a-z_]+(\.[a-zA-Z0-9_-]+)+")
_CALL = re.compile(r"\b(?:_|many)\(\s*[\"']([\w.-]+)[\"']\s*([~,)])")
_JINJA = r"\{#.*?#\}|\{% block kind %\}.*?\{% endblock %\}|\{%.*?%\}|\{\{.*?\}\}"
_OUTSIDE = re.compile(_JINJA + r"|<script.*?</script>|<noscript.*?</noscript>|<!--.*?-->", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"")


def texts(language: str) -> dict[str, tuple[str, ...]]:
    """Key → its text, or its plural forms."""
    found = {}
    for message in catalogue(LOCALE / LANGUAGES[language]):
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


def counted_nouns() -> set[str]:
    """What English texts with several forms count, in the plural."""
    found = {"people"}
    for forms in texts("en").values():
        if len(forms) > 1:
            one, many = (set(re.findall(r"[a-z]+", PLACEHOLDER.sub("", form))) for form in forms)
            found |= {word for word in many if word.removesuffix("s") in one or re.sub("ies$", "y", word) in one} - one
    return found


def codes() -> dict[str, str]:
    """Every code that our errors are raised with, and every code of a field → where."""
    names = {
        "Error",
        "Invalid",
        "Refused",
        "Stale",
        "Forbidden",
        "NotFound",
        "TooMany",
        "Unavailable",
        "Unauthenticated",
    }
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in names:
                    continue
                values = [*node.args[:1]]
                for keyword in node.keywords:
                    if keyword.arg == "fields" and isinstance(keyword.value, ast.Dict):
                        values += keyword.value.values
                for value in values:
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found[value.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def used_in_templates() -> dict[str, str]:
    """Every whole key that a template asks for → the template. Keys put together from parts are not whole."""
    found = {}
    for path in TEMPLATES:
        for key, follows in _CALL.findall(path.read_text(encoding="utf-8")):
            if follows != "~":
                found[key] = path.name
    return found


def test_both_languages_have_the_same_keys() -> None:
    chinese, english = texts("zh-CN"), texts("en")
    assert set(chinese) - set(english) == set()
    assert set(english) - set(chinese) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_and_every_key_is_well_formed(language: str) -> None:
    for key, forms in texts(language).items():
        assert KEY.fullmatch(key), key
        assert all(form.strip() for form in forms), key


def test_a_text_fills_the_same_placeholders_in_both_languages() -> None:
    english = texts("en")
    for key, forms in texts("zh-CN").items():
        wanted = {name for form in forms for name in PLACEHOLDER.findall(form)}
        given = {name for form in english[key] for name in PLACEHOLDER.findall(form)}
        assert wanted == given, key
        for form in (*forms, *english[key]):
            assert not re.sub(r"%\(\w+\)s|%%", "", form).count("%"), key


def test_the_same_value_decides_between_a_text_s_forms_in_both_languages() -> None:
    words = all_words()
    assert words["zh-CN"].counted == words["en"].counted
    english = texts("en")
    for key, decides in words["en"].counted.items():
        named = {name for form in english[key] for name in PLACEHOLDER.findall(form)}
        assert decides == "count" or decides in named or not named, key


def test_an_english_count_before_a_noun_has_two_forms() -> None:
    """ "1 minutes" is no English; what can never be one is listed."""
    nouns = counted_nouns()
    assert len(nouns) > 30
    counting = re.compile(rf"%\(\w+\)s (?:[\w-]+ )?(?:[\w]+-)?(?:{'|'.join(sorted(nouns))})\b")
    single = {key for key, forms in texts("en").items() if len(forms) == 1 and counting.search(forms[0])}
    assert single == NEVER_ONE


def test_english_texts_are_english_and_chinese_ones_chinese() -> None:
    english = texts("en")
    exempt = {"language.zh-CN", "language.en"}
    half_width = re.compile(r"[,;!?](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[,;!?.]")
    for key, forms in texts("zh-CN").items():
        if key not in exempt:
            assert not any(re.search(r"[\u4e00-\u9fff]", form) for form in english[key]), key
            assert not any(half_width.search(form) for form in forms), key


def test_every_error_code_has_a_text() -> None:
    known = set(texts("en"))
    assert {code: where for code, where in codes().items() if code not in known} == {}
    assert len(codes()) > 10


def test_every_key_of_a_template_has_a_text() -> None:
    known = set(texts("en"))
    assert {key: name for key, name in used_in_templates().items() if key not in known} == {}


def test_no_text_is_left_over() -> None:
    """A key is used whole, or by a template or module that puts its beginning together with something else."""
    sources = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    sources += "".join(
        path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    starts = set(re.findall(r"[\"']([a-z_]+\.[a-z_]*)[\"'] ~", sources)) | set(
        re.findall(r"f[\"']([a-z_]+\.[a-z_]*)\{", sources)
    )
    quoted = set(re.findall(r"[\"']([a-z_]+(?:\.[a-zA-Z0-9_-]+)+)[\"']", sources))
    left = [key for key in texts("en") if key not in quoted and not any(key.startswith(start) for start in starts)]
    assert left == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path: Path) -> None:
    source = _OUTSIDE.sub(" ", path.read_text(encoding="utf-8"))
    spoken = " ".join(_SPOKEN.findall(source))
    visible = re.sub(r"<[^>]*>|&\w+;", " ", source)
    words = re.findall(r"[A-Za-z\u4e00-\u9fff][\w-]*", f"{visible} {spoken}")
    allowed = {"dept-01", "dept-14", "site-01", "site-33"}
    assert [word for word in words if word not in allowed] == []


def test_an_unknown_key_shows_itself_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    words = all_words()["en"]
    assert words("no.such_key") == "no.such_key"
    assert "no.such_key" in caplog.text
    assert words.many("no.such_key", 2) == "no.such_key"


def test_the_value_that_a_text_names_decides_also_when_it_is_written_out_already() -> None:
    english = all_words()["en"]
    assert english("merge.after_note", saved=1) == "1 attendance fewer"
    assert english("merge.after_note", saved=0) == "0 attendances fewer"
    assert english("burden.made_addressed", amount="1").startswith("1 person-minute:")
    assert english("burden.made_addressed", amount="1,001").startswith("1,001 person-minutes:")
    assert english("policy.unit_minutes") == "minutes"
    assert all_words()["zh-CN"]("merge.after_note", saved=1) == "少 1 人次"


def test_plurals_and_placeholders_are_filled() -> None:
    assert all_words()["en"].many("sign_in.wait", 1).endswith("1 minute")
    assert all_words()["en"].many("sign_in.wait", 5).endswith("5 minutes")
    assert "5 分钟" in all_words()["zh-CN"].many("sign_in.wait", 5)


@pytest.mark.parametrize(("wanted", "language"), [
    (["zh-TW"], "zh-CN"), (["en-GB", "zh"], "en"), (["fr", "en"], "en"), ([], "zh-CN"), (["xx", "*"], "zh-CN"),
])  # fmt: skip
def test_the_nearest_language_is_chosen(wanted: list[str], language: str) -> None:
    assert negotiate(wanted) == language


def test_a_key_defined_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.po").write_text('msgid "x.y"\nmsgstr "z"\n')
    with pytest.raises(ValueError, match="twice"):
        catalogue(folder)


def test_errors_carry_their_code() -> None:
    assert Error("a.b", count=1).values == {"count": 1}
