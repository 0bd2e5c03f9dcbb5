"""The texts of letters in a browser, and over the JSON API."""

import re

from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements

PATH = "/administration/letters/T-ACK/en"
TEXT = "We have your complaint {{ reference }}\n\nDear {{ name }},\n"


def test_only_who_may_change_letters_sees_them(desk: Desk) -> None:
    for path in ("/administration/letters", PATH):
        assert desk.visitor("u_cm1").get(path).status_code == 403
    assert desk.office.person("u_cm1").get("/letter-templates").status_code == 403
    assert desk.visitor("u_cm1").post(PATH, text=TEXT).status_code == 403


def test_every_letter_is_listed_with_its_subject_in_both_languages(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    with statements(desk.office) as sent:
        seen = words(admin.get("/administration/letters"))
    assert len(sent) <= 3, sent
    assert "T-PROPOSAL Our proposal for your complaint TS-20260310-00042" in seen
    assert "N-INCIDENT TS-20260310-00042 does not go on" in seen


def test_a_text_is_tried_and_then_sent(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    assert "Dear Wang Min," in words(admin.get(PATH))
    tried = admin.post(PATH, text=TEXT, version=0, **{"try": "1"})
    assert "We have your complaint TS-20260310-00042" in words(tried) and "as delivered is sent" in words(tried)
    assert "We have your complaint TS-" in words(admin.post(f"{PATH}/preview", text=TEXT))
    assert admin.post(PATH, text=TEXT, version=0, note="shorter").status_code == 303
    seen = words(admin.get(PATH))
    assert "Version 1 is sent from now on." in seen and "version 1 is sent Tian Tian" in seen


def test_a_broken_text_is_refused_with_its_line_and_kept_in_the_field(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    answer = admin.post(PATH, text="Subject\n\n{{ custmer }}", version=0)
    assert answer.status_code == 422
    assert "Line 3: there is no value 'custmer' in this letter" in words(answer)
    assert "{{ custmer }}" in answer.text
    assert 'data-line="3"' in admin.post(f"{PATH}/preview", text="Subject\n\n{{ custmer }}").text


def test_what_a_text_holds_is_text_also_in_the_preview(desk: Desk) -> None:
    shown = desk.visitor("u_admin1").post(f"{PATH}/preview", text="S {{ reference }}\n<script>alert(1)</script>").text
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_who_was_slower_keeps_what_was_typed_and_one_goes_back(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    admin.post(PATH, text=TEXT, version=0)
    late = admin.post(PATH, text=TEXT + "Yours", version=0)
    assert late.status_code == 409 and "Yours" in late.text
    old = admin.get(f"{PATH}/versions/0")
    assert "from version 0" in old.text
    admin.post(f"{PATH}/versions/0/restoration", version=1)
    assert "Version 2 is sent from now on." in words(admin.get(PATH))
    admin.post(f"{PATH}/versions/0/restoration", version=2)
    assert "this text is sent already" in words(admin.get(PATH))


def test_letters_are_changed_over_json(desk: Desk) -> None:
    admin = desk.office.person("u_admin1")
    assert len(admin.get("/letter-templates").json["items"]) >= 60
    one = admin.get("/letter-templates/T-ACK/zh")
    assert (one.headers["ETag"], one.json["version"]) == ('"0"', 0)
    assert "reference" in one.json["names"] and one.json["actions"][0]["allowed"]
    text = one.json["text"]
    assert admin.put("/letter-templates/T-ACK/zh", {"text": text}).status_code == 428
    broken = admin.put("/letter-templates/T-ACK/zh", {"text": "题\n{{ nobody }}"}, If_Match='"0"')
    assert (broken.status_code, broken.json["errors"][0]["line"]) == (422, 2)
    assert "王敏" in admin.post("/letter-templates/T-ACK/zh/preview", {"text": text}).json["text"]
    changed = admin.put("/letter-templates/T-ACK/zh", {"text": text + "再见", "note": "friendlier"}, If_Match='"0"')
    assert (changed.json["version"], changed.json["by"]) == (1, "u_admin1")
    assert admin.put("/letter-templates/T-ACK/zh", {"text": text}, If_Match='"0"').status_code == 412
    back = admin.put("/letter-templates/T-ACK/zh/restoration", {"version": 0}, If_Match='"1"')
    assert (back.json["version"], back.json["text"]) == (2, text)
    assert [one["version"] for one in admin.get("/letter-templates/T-ACK/zh/versions").json["items"]] == [2, 1, 0]
    assert admin.get("/letter-templates/T-ACK/fr").status_code == 404


def test_the_sent_letter_is_the_new_one(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    admin.post(PATH.replace("T-ACK", "T-WITHDRAWN"), text="Withdrawn, {{ name }}: {{ reference }}\n\nBye.\n", version=0)
    found = re.findall(r"Withdrawn, [^<]+", admin.get("/administration/letters").text)
    assert found == ["Withdrawn, Wang Min: TS-20260310-00042"]
