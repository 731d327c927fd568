"""Rules for every template."""

from quo_admin.env import BASE_DIR


def test_no_line_of_a_template_is_longer_than_120_characters() -> None:
    templates = list((BASE_DIR / "templates").rglob("*.html"))
    assert len(templates) > 80
    long = [
        f"{path.relative_to(BASE_DIR)}:{place}"
        for path in templates
        for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 120
    ]
    assert long == []


def test_no_template_sets_the_aria_role_of_a_table_part_by_hand() -> None:
    roles = [f'role="{role}"' for role in ("table", "row", "rowgroup", "cell", "columnheader", "rowheader")]
    for path in (BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not [role for role in roles if role in text], path
        assert text.count("<table") == text.count("{% table_roles %}"), path
