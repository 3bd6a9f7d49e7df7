"""What tests of the map API ask for: links by their relation, lines as features."""

from __future__ import annotations


def rels(document) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for link in document["links"]:
        assert {"href", "rel", "type"} <= set(link)
        found.setdefault(link["rel"], []).append(link)
    return found


def lines(client, **asked) -> dict:
    answer = client.get("/collections/lines/items", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()
