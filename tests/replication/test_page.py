from pathlib import Path

import jinja2
import pytest

from replication.show.page import fill, page


def test_a_page_allows_neither_scripts_nor_the_network():
    made = page("A < B", "<p>body</p>")
    assert "<title>A &lt; B</title>" in made
    assert "<p>body</p>" in made
    assert "default-src 'none'" in made


def test_values_are_escaped_and_must_be_there(tmp_path):
    template = Path(tmp_path / "t.j2")
    template.write_text("<h1>{{ title }}</h1>{{ value }}", encoding="utf-8")
    assert "<h1>T</h1>&lt;script&gt;" in fill(template, "T", value="<script>")
    with pytest.raises(jinja2.UndefinedError, match="'value' is undefined"):
        fill(template, "T")
