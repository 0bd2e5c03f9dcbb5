"""Filters people keep: their own, those of their groups, counted."""

import pytest

from engine import saved_filters
from engine.database import unit_of_work
from engine.errors import NotFound
from engine.extensions import Actor
from tests.api import walks
from tests.api.conftest import Office

URGENT = {
    "name": "Urgent",
    "colour": "red",
    "wanted": {"scope": "groups", "filter": {"$or": [{"priority": {"$gte": 1}}, {"attributes.level": 4}]}},
}


def test_a_filter_is_kept_counted_shared_with_a_group_and_changed_by_its_owner_alone(errands: Office) -> None:
    walks.start(errands)
    owner, colleague, stranger = (errands.person(one) for one in ("u_lead1", "u_lead2", "u_fin1"))
    made = owner.post("/saved-filters", URGENT)
    assert made.status_code == 201
    path = f"/saved-filters/{made.json['id']}"
    assert [(one["name"], one["count"]) for one in owner.get("/saved-filters").json["items"]] == [("Urgent", 1)]
    assert colleague.get("/saved-filters").json["items"] == []
    shared = owner.put(path, {"shared_with": "team_lead", "colour": "blue"}, If_Match=made.headers["ETag"])
    assert (shared.json["shared_with"], shared.json["colour"], shared.json["name"]) == ("team_lead", "blue", "Urgent")
    seen = colleague.get("/saved-filters").json["items"][0]
    assert (seen["count"], seen["actions"][0]["allowed"]) == (1, False)
    assert stranger.get(path).status_code == 404
    assert colleague.put(path, {"name": "Ours"}, If_Match='"2"').json["code"] == "NOT_YOURS"
    assert owner.put(path, {"name": "Late"}, If_Match=made.headers["ETag"]).status_code == 412
    assert colleague.delete(path).status_code == 403
    assert owner.delete(path).status_code == 204
    assert owner.get("/saved-filters").json["items"] == []


def test_what_cannot_be_filtered_or_shared_is_refused_where_it_stands(errands: Office) -> None:
    owner = errands.person("u_lead1")
    for change, pointer in (
        ({"shared_with": "legal"}, "/shared_with"),
        ({"colour": "pink"}, "/colour"),
        ({"wanted": {"filter": {"attributes.level": {"$like": [1]}}}}, "/wanted/filter/_schema"),
        ({"name": " "}, "/name"),
    ):
        answer = owner.post("/saved-filters", URGENT | change)
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"].startswith(pointer.partition("/_")[0]), answer.json


def test_a_filter_of_all_tasks_counts_what_its_reader_may_see(errands: Office) -> None:
    walks.start(errands)
    manager = errands.person("u_cm1")
    wanted = {"name": "Everything", "wanted": {"scope": "open"}, "shared_with": "complaint_manager"}
    made = manager.post("/saved-filters", wanted).json
    assert made["colour"] == "grey"
    assert manager.get("/saved-filters").json["items"][0]["count"] == 1


@pytest.mark.postgresql
def test_a_filter_that_was_deleted_in_another_window_meanwhile_is_not_there(errands: Office) -> None:
    made, lead = errands.person("u_lead1").post("/saved-filters", URGENT).json["id"], Actor(id="u_lead1")
    with unit_of_work(errands.database) as session:
        known = saved_filters.get(session, made, actor=lead)
        with unit_of_work(errands.database) as other:
            saved_filters.remove(other, made, actor=lead)
        with pytest.raises(NotFound):
            saved_filters.change(session, known.id, actor=lead, revision=None, name="Late")
