"""Whether a page or JSON is more welcome, by the Accept header and its weights."""

import pytest

from api.preferences import prefers_page
from tests.conftest import Office

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        BROWSER,
        "text/html",
        "TEXT/HTML",
        "text/*",
        "application/xhtml+xml, application/xml",
        "text/html, application/json",
        "text/html;q=0.5, application/json;q=0.4",
        "text/html;level=1;q=0.7, */*;q=0.1",
        "text/html, */*",
        "text/html;q=0.001",
        "application/json; q=oops, text/html;q=0.1",
    ],
)
def test_a_page_is_more_welcome(accept):
    assert prefers_page(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/geo+json",
        "text/html;q=0.1, application/json",
        "text/html; q=0.1 , application/geo+json ; q = 0.2",
        "text/html;q=0",
        "text/html;q=0, */*",
        "application/json, text/html",
        "application/json, */*",
        "text/csv",
        "nothing at all",
        "application/*, text/html;q=0.9",
        "text/html;q=2, application/json;q=0.1",
        ",;q=,;;",
        "text/html-not",
    ],
)
def test_json_is_more_welcome(accept):
    assert not prefers_page(accept)


def test_the_answer_comes_in_the_form_that_weighs_more(reading_office: Office):
    client = reading_office.client()
    for accept, form in (
        ("text/html;q=0.1, application/json", "application/json"),
        ("text/html, application/json;q=0.1", "text/html; charset=utf-8"),
    ):
        for path in ("/collections", "/no-such-place"):
            said = client.get(path, headers={"accept": accept}).headers["content-type"]
            assert said.replace("problem+", "") == form
