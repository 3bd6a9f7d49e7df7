"""What is wrong with a parameter, in both languages: the words for what FastAPI finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gis.text import Text

INVALID = Text("内容无效", "it is not valid")
WORDS: Mapping[str, Text] = {
    "missing": Text("必须填写", "it is missing"),
    "int_type": Text("应为整数", "it should be a whole number"),
    "int_parsing": Text("应为整数", "it should be a whole number"),
    "int_parsing_size": Text("数字过大", "the number is too large"),
    "int_from_float": Text("应为整数", "it should be a whole number"),
    "float_type": Text("应为数字", "it should be a number"),
    "float_parsing": Text("应为数字", "it should be a number"),
    "finite_number": Text("应为有限的数字", "it should be a finite number"),
    "bool_type": Text("应为 true 或 false", "it should be true or false"),
    "bool_parsing": Text("应为 true 或 false", "it should be true or false"),
    "string_type": Text("应为文字", "it should be text"),
    "string_too_short": Text(
        "太短,至少 {min_length} 个字符", "it is too short: at least {min_length} characters"
    ),
    "string_too_long": Text(
        "太长,至多 {max_length} 个字符", "it is too long: at most {max_length} characters"
    ),
    "string_pattern_mismatch": Text("格式不对,应符合 {pattern}", "it should follow the pattern {pattern}"),
    "greater_than": Text("应大于 {gt}", "it should be greater than {gt}"),
    "greater_than_equal": Text("不得小于 {ge}", "it should be at least {ge}"),
    "less_than": Text("应小于 {lt}", "it should be less than {lt}"),
    "less_than_equal": Text("不得大于 {le}", "it should be at most {le}"),
    "too_short": Text("太少,至少 {min_length} 个", "too few: at least {min_length}"),
    "too_long": Text("太多,至多 {max_length} 个", "too many: at most {max_length}"),
    "list_type": Text("应为列表", "it should be a list"),
    "dict_type": Text("应为 JSON 对象", "it should be a JSON object"),
    "json_invalid": Text("不是有效的 JSON", "it is not valid JSON"),
    "enum": Text("只能是 {expected}", "it is one of {expected}"),
    "literal_error": Text("只能是 {expected}", "it is one of {expected}"),
    "uuid_parsing": Text("应为 UUID", "it should be a UUID"),
    "date_parsing": Text("应写作 2026-05-01", "it should read 2026-05-01"),
    "date_from_datetime_parsing": Text("应写作 2026-05-01", "it should read 2026-05-01"),
    "datetime_parsing": Text("应为 ISO 8601 时间", "it should be an ISO 8601 time"),
    "datetime_from_date_parsing": Text("应为 ISO 8601 时间", "it should be an ISO 8601 time"),
    "value_error": INVALID,
}
"""Kind of fault -> sentence; its values are those that come with the fault."""
FILE = Text("应为上传的文件", "it should be an uploaded file")
HTTP = {
    400: Text("请求内容无法解析", "the body of the request cannot be understood"),
    415: Text("不接受这种格式的内容", "content of this type is not taken"),
}


def complaint(fault: Mapping[str, Any]) -> Text:
    """The sentence for one fault as FastAPI lists it: {"type", "ctx", "msg"}; in no language is it left as it came."""
    if fault["type"] == "value_error" and "UploadFile" in str(fault.get("msg", "")):
        return FILE
    words = WORDS.get(fault["type"], INVALID)
    try:
        return words.fill(**(fault.get("ctx") or {}))
    except KeyError:  # a value that another version of the library does not send
        return INVALID


def refusal(status: int) -> Text:
    """The sentence for a request that was refused before anybody looked at its parameters."""
    return HTTP.get(status, Text(f"请求被拒绝({status})", f"the request was refused ({status})"))
