"""`jiezhi personal`: the one door to what is known of persons, for those who say why."""

from __future__ import annotations

import json

from sqlalchemy import text

from gis.db import Database
from gis.settings import settings
from tests.api.commands_said import Jiezhi, one_line
from tests.conftest import PASSWORD, Office, with_people
from tests.plots import DAY, LI, PHONE, ZHANG, plot, plots, sent

WHY = "样例:权利人查阅"


def test_who_says_why_reads_and_erases_and_both_are_recorded(jiezhi: Jiezhi, deployment: Database, tmp_path):
    settings.cache_clear()
    office = with_people(Office(deployment, settings()))
    office.has("staff", "staff")
    with plots(deployment, listed=False):
        file = sent(tmp_path, "gpkg", plot(1, 产权人=ZHANG, 产权人电话=PHONE), plot(2, 产权人=LI, 产权人电话=None))
        office.publish(office.send("staff", file), DAY.isoformat())
        says = {"says": PASSWORD + "\n"}
        asked = ("personal", "plots", "P001", "--as", "staff")

        assert jiezhi(*asked, **says).code == 2
        assert one_line(jiezhi(*asked, "--reason", " ", **says).err, "必须写明理由", "a reason is compulsory")
        refused = jiezhi("personal", "plots", "P001", "--as", "reviewer", "--reason", WHY, **says)
        assert (refused.code, refused.out) == (1, "")
        assert one_line(refused.err, "管理员", "administrator")

        told = jiezhi(*asked, "--reason", WHY, **says)
        assert told.code == 0
        assert f"产权人 / Owner: {ZHANG}" in told.out
        assert f"产权人电话 / Owner's telephone: {PHONE}" in told.out
        assert LI not in told.out
        (record,) = jiezhi(*asked, "--reason", WHY, "--json", **says).json["records"]
        assert (record["fields"], record["submission"]) == ({"owner": ZHANG, "owner_phone": PHONE}, 1)

        erased = jiezhi(*asked, "--reason", "样例:权利人要求删除", "--erase", **says)
        assert "已删除 1 条" in erased.out
        assert "第 1 号报送" in erased.out
        assert "没有个人信息" in jiezhi(*asked, "--reason", WHY, **says).out
        assert jiezhi(*asked, "--reason", WHY, "--erase", "--json", **says).json == {"erased": 0, "submissions": []}

    with deployment.writing() as tx:
        happened = tx.execute(
            text("SELECT verb, reason, detail FROM event WHERE subject = 'personal/plots/P001' ORDER BY id")
        ).all()
    verbs = ["read_personal", "read_personal", "erase_personal", "read_personal", "erase_personal"]
    assert [each.verb for each in happened] == verbs
    assert happened[2].reason == "样例:权利人要求删除"
    assert ZHANG not in json.dumps([dict(each._mapping) for each in happened], ensure_ascii=False)


def test_a_column_about_persons_can_be_named_by_hand(jiezhi: Jiezhi, deployment: Database, tmp_path):
    with plots(deployment, listed=False):
        file = sent(tmp_path, "gpkg", plot(1, 谁=ZHANG), plot(2, 谁=LI))
        before = jiezhi("check", file, "--json")
        assert any("原样保留:谁" in each["message"]["zh"] for each in before.json["findings"])
        named = jiezhi("check", file, "--column", "谁=owner", "--json")
        assert any("受限表" in each["message"]["zh"] for each in named.json["findings"])
        assert ZHANG not in named.out
