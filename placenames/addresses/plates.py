"""Plates: their kinds, how far they have come, and whether their building stands."""

PLATES = {
    "large": "大门牌", "small": "小门牌", "building": "楼牌 幢牌 楼幢牌", "cell": "单元牌", "room": "户室牌",
    "rural": "农村门牌", "temporary": "临时门牌",
}  # fmt: skip
"""The kinds of plates and the words they are sent under."""
STATUSES = {
    "reserved": "预留", "assigned": "编制 已编 使用 在用 正常", "made": "制作 已制作", "installed": "安装 已安装",
    "damaged": "损坏 破损", "replaced": "更换 换发", "changed": "变更", "cancelled": "注销 删除 已注销 作废 撤销",
    "temporary": "临时",
}  # fmt: skip
"""The life of a plate, from the number reserved to the number given up."""
GIVEN_UP = ("cancelled", "changed")
"""Addresses that nobody has any more; they stay findable."""
BUILT = {"standing": "已建 建成", "planned": "未建 在建 预编"}
